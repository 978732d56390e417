// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A process that was read instead of predicted. Which definition each slot got is known. So are the lists in which the
// loader searched, where they were found in its memory (a libc that is not glibc keeps none). Else they follow from
// three things: the order of the link maps (what was there at start comes first, what dlopen mapped follows, each with
// its dependencies behind it), what each object needs, and the bindings themselves. An object that got a definition
// from its own list, though the global one has one in front, was opened with RTLD_DEEPBIND. One that got it from an
// opened object outside of its lists shows that the other was opened with RTLD_GLOBAL.
#include <algorithm>

#include "binding/process.h"

namespace crossheap::binding {

Process::Process(ObjectFiles &files, SeenProcess seen) : files_(files) {
  const std::vector<Binding> bindings = std::move(seen.snapshot.bindings);
  objects_ = std::move(seen.snapshot.objects);
  if (objects_.empty()) return;
  const std::string interpreter(objects_.front().file->elf_file.interpreter());
  for (ObjectIndex index = 0; index < objects_.size(); ++index) {
    Object &object = objects_[index];
    object.names = {object.path.string(), object.path.filename().string()};
    if (const auto &soname = object.file->elf_file.dynamic().soname) object.names.emplace_back(*soname);
    if (object.link_namespace >= namespaces_.size()) namespaces_.resize(object.link_namespace + 1);
    Namespace &its = namespaces_[object.link_namespace];
    if (its.first == kNoObject) its.first = index;
    its.members.push_back(index);
    const bool is_loader = object.path.filename() == std::filesystem::path(interpreter).filename();
    if (is_loader && object.link_namespace == 0) loader_object_ = index;
    // Other namespaces see the one loader.
    if (is_loader && object.link_namespace != 0 && loader_object_ != kNoObject) object.real = loader_object_;
  }
  for (std::uint32_t number = 0; number < namespaces_.size(); ++number) {
    const ObjectIndex first = namespaces_[number].first;
    if (first == kNoObject) continue;
    const bool is_base = number == 0;
    objects_[first].origin = is_base ? Origin::Executable : Origin::Opened;
    // LD_PRELOAD: what stands between the executable and the first thing that it needs.
    std::vector<ObjectIndex> preloads;
    if (is_base) {
      const auto &needed = objects_[first].file->elf_file.dynamic().needed;
      for (const ObjectIndex member : namespaces_[number].members) {
        if (member == first) continue;
        const bool is_needed =
            std::any_of(needed.begin(), needed.end(), [&](std::string_view name) { return is_known_as(member, name); });
        if (is_needed || member == loader_object_ || needed.empty()) break;
        preloads.push_back(member);
      }
    }
    objects_[first].searchlist = seen_list_of(first, preloads);
    for (const ObjectIndex preload : preloads) objects_[preload].origin = Origin::Preload;
    take_list(first, is_base ? Origin::StartUp : Origin::Dependency);
    for (const ObjectIndex member : namespaces_[number].members) {
      if (member == first || objects_[member].loader != kNoObject || member == loader_object_) continue;
      objects_[member].origin = Origin::Opened;
      objects_[member].searchlist = seen_list_of(member, {});
      take_list(member, Origin::Dependency);
    }
  }
  for (ObjectIndex index = 0; index < objects_.size(); ++index)
    set_scopes(objects_[index], index,
               {.name = {}, .loader = objects_[index].loader, .link_namespace = objects_[index].link_namespace});
  take_scopes(seen.scopes);
  explain(bindings);
  snapshot_.bindings = bindings;
  for (Binding &binding : seen.waiting) {
    binding.definition =
        search(binding.object, binding.symbol, binding.version, type_class_of(binding.slot.relocation.kind)).definition;
    snapshot_.bindings.push_back(binding);
  }
}

void Process::take_scopes(const std::vector<std::vector<std::vector<ObjectIndex>>> &seen) {
  for (ObjectIndex index = 0; index < objects_.size() && index < seen.size(); ++index) {
    if (seen[index].empty()) continue;
    Object &object = objects_[index];
    const ObjectIndex first = namespaces_[object.link_namespace].first;
    object.scopes.clear();
    for (const std::vector<ObjectIndex> &list : seen[index]) {
      const ObjectIndex owner = list.front();
      const bool itself_only = list.size() == 1 && owner == index && object.file->elf_file.dynamic().symbolic();
      if (!itself_only) objects_[owner].searchlist = list;
      object.scopes.push_back({owner, itself_only});
    }
    const auto global = std::find_if(object.scopes.begin(), object.scopes.end(),
                                     [&](const Scope &scope) { return scope.owner == first && !scope.itself_only; });
    object.deep = index != first &&
                  std::any_of(object.scopes.begin(), global, [](const Scope &scope) { return !scope.itself_only; }) &&
                  global != object.scopes.end();
  }
}

// What `root` needs, breadth first, of what is mapped.
std::vector<ObjectIndex> Process::seen_list_of(ObjectIndex root, const std::vector<ObjectIndex> &preloads) {
  std::vector<ObjectIndex> list{root};
  list.insert(list.end(), preloads.begin(), preloads.end());
  std::vector<bool> is_in(objects_.size(), false);
  for (const ObjectIndex member : list) is_in[member] = true;
  for (std::size_t at = 0; at < list.size(); ++at) {
    const std::uint32_t link_namespace = objects_[list[at]].link_namespace;
    for (const std::string_view name : objects_[list[at]].file->elf_file.dynamic().needed) {
      const ObjectIndex dependency = find_mapped(name, link_namespace);
      if (dependency == kNoObject || is_in[dependency]) continue;
      is_in[dependency] = true;
      list.push_back(dependency);
    }
  }
  return list;
}

// What came for `root` and for nobody before it.
void Process::take_list(ObjectIndex root, Origin origin) {
  for (const ObjectIndex member : objects_[root].searchlist) {
    Object &object = objects_[member];
    // What was mapped earlier came for somebody else, though it is needed here as well.
    if (member == root || object.loader != kNoObject || (origin == Origin::Dependency && member < root)) continue;
    object.loader = root;
    if (object.origin != Origin::Preload) object.origin = origin;
  }
}

bool Process::is_explained(const Binding &binding) const {
  const auto found =
      search(binding.object, binding.symbol, binding.version, type_class_of(binding.slot.relocation.kind)).definition;
  return found && found->object == binding.definition->object;
}

void Process::explain(const std::vector<Binding> &seen) {
  for (const Binding &binding : seen) {
    if (!binding.definition || is_explained(binding)) continue;
    Object &object = objects_[binding.object];
    ObjectIndex top = binding.object;
    while (objects_[top].loader != kNoObject) top = objects_[top].loader;
    const ObjectIndex first = namespaces_[object.link_namespace].first;
    if (top == first) continue;
    const std::vector<Scope> before = object.scopes;
    object.scopes = {Scope{top}, Scope{first}};
    if (is_explained(binding)) {
      object.deep = true;
      continue;
    }
    object.scopes = before;
    // Somebody made the provider global, with all that came with it.
    ObjectIndex provider = binding.definition->object;
    while (objects_[provider].loader != kNoObject) provider = objects_[provider].loader;
    if (objects_[provider].link_namespace == object.link_namespace && objects_[provider].origin == Origin::Opened)
      make_global(provider);
  }
}

}  // namespace crossheap::binding
