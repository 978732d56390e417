// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Here the loader itself is asked, in the process in which the scenario will run. dladdr1 answers which object an
// address is in, dlinfo which namespace, and dlsym what a search finds.
//
// An instance is an object and a namespace. A function's object is not always it: libstdc++'s operator new forwards to
// malloc, so its instance is the one behind the malloc that libstdc++ finds. For example, a host with its own exported
// malloc and a plugin that calls operator new:
//
//     plugin operator new    is in libstdc++.so.6, which exports no malloc: it forwards
//     behind it              the malloc that the namespace finds first: the host's
//     reported               "plugin operator new=host"
//
// A program at a fixed address may stand for a function by a jump of its own (a symbol with a value and no definition).
// There the definition is the first one behind it in the list of link maps.
#include "runner/instances.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "allocator/libc_names.h"
#include "runner/channel.h"

namespace crossheap::runner {

namespace {

struct Place {
  const link_map *object = nullptr;
  Lmid_t link_namespace = LM_ID_BASE;

  bool operator==(const Place &other) const { return object == other.object; }
};

Place place_of(const void *address);

// The object's own definition of `name`, or null.
const void *definition_in(const link_map &object, Lmid_t link_namespace, const char *name) {
  const char *path = object.l_name[0] == '\0' ? nullptr : object.l_name;
  void *handle = ::dlmopen(link_namespace, path, RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return nullptr;
  const void *found = ::dlsym(handle, name);  // also searches what the object depends on
  ::dlclose(handle);
  return place_of(found).object == &object ? found : nullptr;
}

Place place_of(const void *address) {
  Dl_info info{};
  void *map = nullptr;
  void *symbol = nullptr;
  Place place;
  if (address == nullptr || ::dladdr1(address, &info, &map, RTLD_DL_LINKMAP) == 0) return place;
  place.object = static_cast<const link_map *>(map);
  // A handle of dlopen is a link_map in glibc (dlinfo(3) relies on it as well).
  ::dlinfo(map, RTLD_DI_LMID, &place.link_namespace);
  // In a program that is not position independent a function's address may be that of the program's own jump to it: a
  // symbol with a value and without a definition. The definition is the first one behind the program.
  if (::dladdr1(address, &info, &symbol, RTLD_DL_SYMENT) == 0 || symbol == nullptr) return place;
  const auto *entry = static_cast<const ElfW(Sym) *>(symbol);
  if (entry->st_shndx != SHN_UNDEF || info.dli_saddr != address) return place;
  for (const link_map *object = place.object->l_next; object != nullptr; object = object->l_next)
    if (definition_in(*object, place.link_namespace, info.dli_sname) != nullptr) {
      place.object = object;
      break;
    }
  return place;
}

std::string_view base_name(const link_map &object) {
  const std::string_view path = object.l_name;
  return path.substr(path.find_last_of('/') + 1);
}

// Two instances are one when object and namespace are; objects are told apart by name for people.
class Instances {
public:
  Instances(const Side &host, const Side &plugin)
      : plugin_handle_(plugin.handle),
        host_place_(place_of(host.any_address)),
        plugin_place_(place_of(plugin.any_address)) {
    base_default_ = place_of(::dlsym(RTLD_DEFAULT, "malloc"));
    // The first object of a namespace is the plugin, so its scope is that namespace's global scope.
    plugin_default_ =
        plugin_place_.link_namespace == LM_ID_BASE ? base_default_ : place_of(::dlsym(plugin.handle, "malloc"));
    for (const Side *side : {&host, &plugin})
      for (const crossheap_binding &binding : side->bindings)
        if (std::string_view(binding.function) == "malloc") allocators_.push_back(place_of(binding.address));
    allocators_.push_back(base_default_);
    allocators_.push_back(plugin_default_);
  }

  // The operator new that libraries of the namespace find.
  Place default_operators_of(Lmid_t link_namespace) const {
    return place_of(::dlsym(link_namespace == LM_ID_BASE ? RTLD_DEFAULT : plugin_handle_, "_Znwm"));
  }

  Place default_of(Lmid_t link_namespace) const {
    return link_namespace == LM_ID_BASE ? base_default_ : plugin_default_;
  }

  // The instance behind a function as bound in `side`, by name.
  std::string behind(const Side &side, const crossheap_binding &binding) const {
    const std::string_view function = binding.function;
    const Place place = place_of(binding.address);
    if (place.object == nullptr) return name(place);
    // A language's heap of its own: the plugin names it by an address of its own, and forwards to nobody.
    if (function.starts_with("language ") && place == plugin_place_) return name(place);
    const bool of_cpp_runtime = function.starts_with("operator") || function == "libstdc++";
    if (!forwards(function, place)) return of_cpp_runtime && split(side, place) ? kSplit : name(place);
    if (place == place_of(side.any_address)) return name(malloc_of(side));
    // libstdc++ asks malloc itself in the plain operators, and the process's plain operators in everything else.
    const bool asks_operators = of_cpp_runtime && function != "operator new" && function != "operator delete";
    const Place operators = default_operators_of(place.link_namespace);
    if (!asks_operators || operators.object == nullptr || operators == place)
      return name(default_of(place.link_namespace));
    return split(side, operators) ? kSplit
                                  : name(exports_malloc(operators) ? operators : default_of(place.link_namespace));
  }

  std::string name(const Place &place) const {
    if (place.object == nullptr) return "?";
    std::string text(place == host_place_     ? std::string_view("host")
                     : place == plugin_place_ ? std::string_view("plugin")
                                              : base_name(*place.object));
    if (place.link_namespace != LM_ID_BASE) text += "#" + std::to_string(place.link_namespace);
    return text;
  }

private:
  static constexpr const char *kSplit = "split";  // matrix::kSplitInstance

  static Place malloc_of(const Side &side) {
    for (const crossheap_binding &binding : side.bindings)
      if (std::string_view(binding.function) == "malloc") return place_of(binding.address);
    return {};
  }

  // Whether the object exports a malloc that its own references do not find. What was there before the plugin searches
  // the global scope first; what came with the plugin finds what the plugin finds.
  bool split(const Side &side, const Place &place) const {
    if (!exports_malloc(place) || place == default_of(place.link_namespace)) return false;
    return was_before_plugin(place) || !(place == malloc_of(side));
  }

  // The list of link maps is in the order of loading (link.h).
  bool was_before_plugin(const Place &place) const {
    for (const link_map *object = plugin_place_.object; object != nullptr; object = object->l_prev)
      if (object == place.object) return true;
    return false;
  }

  bool defines_allocator(const Place &place) const {
    return std::find(allocators_.begin(), allocators_.end(), place) != allocators_.end();
  }

  bool forwards(std::string_view function, const Place &place) const {
    if (libc_called(base_name(*place.object)) == Family::Glibc)
      return function == "reallocarray" || function == "strdup";
    return !defines_allocator(place) && !exports_malloc(place);
  }

  // Whether the object's own definition of malloc is the first one that a search from it finds.
  static bool exports_malloc(const Place &place) {
    return definition_in(*place.object, place.link_namespace, "malloc") != nullptr;
  }

  void *plugin_handle_;
  Place host_place_;
  Place plugin_place_;
  Place base_default_;
  Place plugin_default_;
  std::vector<Place> allocators_;
};

}  // namespace

void report_instances(const Side &host, const Side &plugin) {
  const Instances instances(host, plugin);
  const auto say = [&](const Side &side, std::string_view function, std::string_view instance) {
    std::string text(side.name);
    text.append(" ").append(function).append("=").append(instance);
    report(event::RunStep::Bound, text);
  };
  for (const Side *side : {&host, &plugin}) {
    for (const crossheap_binding &binding : side->bindings)
      say(*side, binding.function, instances.behind(*side, binding));
    say(*side, "libc", instances.name(instances.default_of(place_of(side->any_address).link_namespace)));
  }
}

}  // namespace crossheap::runner
