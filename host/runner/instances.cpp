// SPDX-License-Identifier: MIT OR Apache-2.0
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

#include "runner/channel.h"

namespace crossheap::runner {

namespace {

struct Place {
  const link_map *object = nullptr;
  Lmid_t link_namespace = LM_ID_BASE;

  bool operator==(const Place &other) const { return object == other.object; }
};

Place place_of(const void *address) {
  Dl_info info{};
  void *map = nullptr;
  Place place;
  if (address == nullptr || ::dladdr1(address, &info, &map, RTLD_DL_LINKMAP) == 0) return place;
  place.object = static_cast<const link_map *>(map);
  // A handle of dlopen is a link_map in glibc (dlinfo(3) relies on it as well).
  ::dlinfo(map, RTLD_DI_LMID, &place.link_namespace);
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
      : host_place_(place_of(host.any_address)), plugin_place_(place_of(plugin.any_address)) {
    base_default_ = place_of(::dlsym(RTLD_DEFAULT, "malloc"));
    // The first object of a namespace is the plugin, so its scope is that namespace's global scope.
    plugin_default_ =
        plugin_place_.link_namespace == LM_ID_BASE ? base_default_ : place_of(::dlsym(plugin.handle, "malloc"));
    for (const Side *side : {&host, &plugin})
      for (const crossheap_binding &binding : side->bindings)
        if (std::strcmp(binding.function, "malloc") == 0) allocators_.push_back(place_of(binding.address));
    allocators_.push_back(base_default_);
    allocators_.push_back(plugin_default_);
  }

  Place default_of(Lmid_t link_namespace) const {
    return link_namespace == LM_ID_BASE ? base_default_ : plugin_default_;
  }

  Place behind(const Side &side, const crossheap_binding &binding) const {
    const Place place = place_of(binding.address);
    if (place.object == nullptr || !forwards(binding.function, place)) return place;
    const bool inside_own_image = place == place_of(side.any_address);
    if (!inside_own_image) return default_of(place.link_namespace);
    const auto own_malloc =
        std::find_if(side.bindings.begin(), side.bindings.end(),
                     [](const crossheap_binding &other) { return std::strcmp(other.function, "malloc") == 0; });
    return own_malloc == side.bindings.end() ? default_of(place.link_namespace) : place_of(own_malloc->address);
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
  bool defines_allocator(const Place &place) const {
    return std::find(allocators_.begin(), allocators_.end(), place) != allocators_.end();
  }

  bool forwards(std::string_view function, const Place &place) const {
    if (base_name(*place.object).starts_with("libc.so")) return function == "reallocarray";
    return !defines_allocator(place) && !exports_malloc(place);
  }

  // Whether the object's own definition of malloc is the first one that a search from it finds.
  static bool exports_malloc(const Place &place) {
    const char *path = place.object->l_name[0] == '\0' ? nullptr : place.object->l_name;
    void *handle = ::dlmopen(place.link_namespace, path, RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) return false;
    const Place found = place_of(::dlsym(handle, "malloc"));
    ::dlclose(handle);
    return found == place;
  }

  Place host_place_;
  Place plugin_place_;
  Place base_default_;
  Place plugin_default_;
  std::vector<Place> allocators_;
};

}  // namespace

void report_instances(const Side &host, const Side &plugin) {
  const Instances instances(host, plugin);
  const auto say = [&](const Side &side, std::string_view function, const Place &place) {
    std::string text(side.name);
    text.append(" ").append(function).append("=").append(instances.name(place));
    report(event::RunStep::Bound, text);
  };
  for (const Side *side : {&host, &plugin}) {
    for (const crossheap_binding &binding : side->bindings)
      say(*side, binding.function, instances.behind(*side, binding));
    say(*side, "libc", instances.default_of(place_of(side->any_address).link_namespace));
  }
}

}  // namespace crossheap::runner
