// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Mapping, scopes, and the order of events; the search itself is in lookup.cpp.
#include "binding/process.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace crossheap::binding {

namespace fs = std::filesystem;

namespace {

std::string spelled(const elf::Symbol &symbol, const elf::Version &version) {
  return version.versioned() ? fmt::format("{}@{}", symbol.name, version.name) : std::string(symbol.name);
}

bool was_there_at_start(Origin origin) {
  return origin == Origin::Executable || origin == Origin::Preload || origin == Origin::StartUp;
}

}  // namespace

Process::Process(Images &images, const fs::path &executable, const SearchSettings &search,
                 const std::vector<std::string> &preloads)
    : images_(images) {
  namespaces_.emplace_back();
  std::shared_ptr<const Image> image = images_.open(executable);
  search_.emplace(search, image->file.header());
  const std::string interpreter(image->file.interpreter());
  if (interpreter.empty())
    throw Error(Blame::Usage, executable.string(), "has no loader: it is statically linked, or no program",
                "name a dynamically linked program; what a file carries itself is shown by `crossheap inspect`");
  const ObjectIndex main = add({.name = "", .origin = Origin::Executable}, fs::absolute(executable), std::move(image));
  std::vector<ObjectIndex> preloaded;
  // The loader is there before anything else is mapped, but takes part in the search only where somebody needs it.
  const fs::path loader = search_->in_system(interpreter);
  if (std::error_code failed; fs::exists(loader, failed))
    loader_object_ = add({.name = interpreter, .loader = main}, interpreter, images_.open(loader));
  else
    problems_.push_back(fmt::format("{} asks for the loader {}, which is not there", executable.string(), interpreter));
  for (const std::string &preload : preloads) {
    const ObjectIndex object = map({.name = preload, .loader = main, .origin = Origin::Preload});
    if (object == kNoObject)
      warnings_.push_back(
          fmt::format("LD_PRELOAD names {}, which the loader does not find: it warns and goes on", preload));
    else if (std::find(preloaded.begin(), preloaded.end(), object) == preloaded.end())
      preloaded.push_back(object);
  }
  if (!need_all(main, preloaded, false)) return;
  // Dependencies first. The list of the executable holds all there is, but for a loader that nobody needs.
  std::vector<ObjectIndex> order = objects_[main].searchlist;
  if (loader_object_ != kNoObject && std::find(order.begin(), order.end(), loader_object_) == order.end())
    order.push_back(loader_object_);
  std::reverse(order.begin(), order.end());
  for (const ObjectIndex object : order) relocate(object);
}

Asker Process::asker_of(ObjectIndex object) const {
  // The kernel tells the loader where the executable really is, whatever link it was started by.
  const fs::path &path = objects_[object].path;
  const bool is_executable = objects_[object].origin == Origin::Executable;
  return {&objects_[object].image->file, (is_executable ? fs::canonical(path) : path).parent_path()};
}

std::optional<fs::path> Process::find_file(const Mapping &mapping) const {
  std::vector<Asker> askers;
  // Who calls dlopen asks; here that is the executable.
  if (mapping.origin == Origin::Opened) askers.push_back(asker_of(first_of(0)));
  for (ObjectIndex at = mapping.loader; at != kNoObject; at = objects_[at].loader) askers.push_back(asker_of(at));
  return search_->find(mapping.name, askers, asker_of(first_of(0)));
}

std::optional<fs::path> Process::find(std::string_view name) const {
  return find_file({.name = std::string(name), .origin = Origin::Opened});
}

ObjectIndex Process::find_mapped(std::string_view name, std::uint32_t link_namespace) {
  for (const ObjectIndex index : namespaces_[link_namespace].members) {
    Object &object = objects_[index];
    if (is_known_as(index, name)) return index;
    const auto &soname = object.image->file.dynamic().soname;
    if (soname && *soname == name) {
      object.names.emplace_back(name);
      return index;
    }
  }
  return kNoObject;
}

ObjectIndex Process::find_mapped(const FileId &id, std::uint32_t link_namespace) const {
  // The base namespace knows its loader by name only: opened by another path, it is mapped once more.
  for (const ObjectIndex index : namespaces_[link_namespace].members)
    if (objects_[index].image->id == id && index != loader_object_) return index;
  return kNoObject;
}

ObjectIndex Process::map(const Mapping &mapping) {
  if (const ObjectIndex there = find_mapped(mapping.name, mapping.link_namespace); there != kNoObject) return there;
  const std::optional<fs::path> path = find_file(mapping);
  if (!path) return kNoObject;
  std::shared_ptr<const Image> image = images_.open(*path);
  if (const ObjectIndex there = find_mapped(image->id, mapping.link_namespace); there != kNoObject) {
    objects_[there].names.push_back(mapping.name);
    return there;
  }
  return add(mapping, *path, std::move(image));
}

ObjectIndex Process::find_loaded(const Mapping &mapping) {
  const ObjectIndex by_name = find_mapped(mapping.name, mapping.link_namespace);
  if (by_name != kNoObject) return by_name;
  const std::optional<fs::path> path = find_file(mapping);
  return path ? find_mapped(identity_of(*path), mapping.link_namespace) : kNoObject;
}

ObjectIndex Process::add(const Mapping &mapping, const fs::path &path, std::shared_ptr<const Image> image) {
  const ObjectIndex self = objects_.size();
  Object object;
  object.image = std::move(image);
  object.path = path;
  object.link_namespace = mapping.link_namespace;
  object.origin = mapping.origin;
  object.loader = mapping.loader;
  object.names = {mapping.name, path.string()};
  object.deep = mapping.deepbind;
  // There is one loader in a process. Another namespace sees it under a name of its own.
  if (mapping.link_namespace != 0 && loader_object_ != kNoObject &&
      object.image->id == objects_[loader_object_].image->id)
    object.real = loader_object_;
  set_scopes(object, self, mapping);
  objects_.push_back(std::move(object));
  Namespace &its = namespaces_[mapping.link_namespace];
  if (its.first == kNoObject) its.first = self;
  its.members.push_back(self);
  return self;
}

void Process::set_scopes(Object &object, ObjectIndex self, const Mapping &mapping) const {
  const ObjectIndex first = namespaces_[mapping.link_namespace].first;
  if (first != kNoObject) object.scopes.push_back({first});
  // The one at the top of those who needed it, one upon the other: the opened object, or the executable.
  ObjectIndex top = self;
  for (ObjectIndex at = mapping.loader; at != kNoObject; at = objects_[at].loader) top = at;
  if (first == kNoObject || top != first) {
    const bool in_front = mapping.deepbind && first != kNoObject;
    object.scopes.insert(in_front ? object.scopes.begin() : object.scopes.end(), Scope{top});
  }
  // DT_SYMBOLIC: itself before all others, unless RTLD_DEEPBIND already searches its own scope first. An object that
  // begins the first scope has nothing to gain.
  if (object.image->file.dynamic().symbolic() && !mapping.deepbind && object.scopes.front().owner != self)
    object.scopes.insert(object.scopes.begin(), Scope{self, true});
}

// Maps what `root` needs, breadth first, and makes the list in which symbols are searched.
bool Process::need_all(ObjectIndex root, const std::vector<ObjectIndex> &preloads, bool deepbind) {
  const Origin origin = was_there_at_start(objects_[root].origin) ? Origin::StartUp : Origin::Dependency;
  std::vector<ObjectIndex> list{root};
  list.insert(list.end(), preloads.begin(), preloads.end());
  std::vector<bool> done(list.size(), false);
  const auto needed_by = [&](ObjectIndex object, std::string_view name) {
    return map({.name = std::string(name),
                .loader = object,
                .origin = origin,
                .link_namespace = objects_[object].link_namespace,
                .deepbind = deepbind});
  };
  const auto not_found = [&](std::string_view name, ObjectIndex object) {
    problems_.push_back(fmt::format("{} needs {}, which is not found", objects_[object].path.string(), name));
  };
  bool complete = true;
  for (std::size_t at = 0; at < list.size();) {
    if (done[at]) {
      ++at;
      continue;
    }
    done[at] = true;
    const ObjectIndex object = list[at];
    const elf::Dynamic dynamic = objects_[object].image->file.dynamic();
    for (const std::string_view name : dynamic.needed) {
      const ObjectIndex dependency = needed_by(object, name);
      if (dependency == kNoObject) {
        not_found(name, object);
        complete = false;
      } else if (std::find(list.begin(), list.end(), dependency) == list.end()) {
        list.push_back(dependency);
        done.push_back(false);
      }
    }
    // A filter stands behind the objects it speaks for, so that their definitions are found first.
    std::vector<std::pair<std::string_view, bool>> filtees;  // with whether the loader insists
    for (const std::string_view name : dynamic.filters) filtees.emplace_back(name, true);
    for (const std::string_view name : dynamic.auxiliaries) filtees.emplace_back(name, false);
    std::size_t filter_at = at;
    for (const auto &[name, insists] : filtees) {
      const ObjectIndex filtee = needed_by(object, name);
      if (filtee == kNoObject) {
        if (insists) {
          not_found(name, object);
          complete = false;
        }
        continue;
      }
      const auto there = static_cast<std::size_t>(std::find(list.begin(), list.end(), filtee) - list.begin());
      if (there < filter_at) continue;
      if (there < list.size()) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(there));
        done.erase(done.begin() + static_cast<std::ptrdiff_t>(there));
      }
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(filter_at), filtee);
      done.insert(done.begin() + static_cast<std::ptrdiff_t>(filter_at), false);
      ++filter_at;
    }
  }
  objects_[root].searchlist = std::move(list);
  return complete;
}

void Process::relocate(ObjectIndex object) {
  const std::shared_ptr<const Image> image = objects_[object].image;
  if (objects_[object].real != kNoObject) return;
  for (const Slot &slot : image->slots) {
    Binding binding;
    binding.object = object;
    binding.slot = slot;
    binding.symbol = image->symbols[slot.symbol];
    binding.version = image->symbols.version(slot.symbol);
    binding.definition =
        search(object, binding.symbol, binding.version, type_class_of(slot.relocation.kind)).definition;
    if (!binding.definition && !binding.symbol.weak())
      problems_.push_back(fmt::format("{} needs the symbol {}, which nobody in its scope defines",
                                      objects_[object].path.string(), spelled(binding.symbol, binding.version)));
    enter_unique(binding);
    snapshot_.bindings.push_back(binding);
  }
}

void Process::enter_unique(const Binding &binding) {
  if (!binding.definition || !binding.definition->symbol.unique() || binding.definition->symbol.local()) return;
  // A copy becomes the definition for all.
  const bool copied = binding.slot.relocation.kind == elf::RelocationKind::Copy;
  const Definition entry = copied ? Definition{binding.object, binding.symbol} : *binding.definition;
  namespaces_[objects_[binding.object].link_namespace].unique.try_emplace(std::string(binding.symbol.name), entry);
}

void Process::make_global(ObjectIndex object) {
  std::vector<ObjectIndex> &global = objects_[first_of(objects_[object].link_namespace)].searchlist;
  for (const ObjectIndex member : std::vector<ObjectIndex>(objects_[object].searchlist))
    if (std::find(global.begin(), global.end(), member) == global.end()) global.push_back(member);
}

ObjectIndex Process::open(std::string_view name, const OpenMode &mode) {
  std::uint32_t link_namespace = 0;
  if (mode.new_namespace) {
    link_namespace = static_cast<std::uint32_t>(namespaces_.size());
    namespaces_.emplace_back();
  }
  const std::size_t before = objects_.size();
  const std::size_t problems_before = problems_.size();
  const Mapping mapping{
      .name = std::string(name), .origin = Origin::Opened, .link_namespace = link_namespace, .deepbind = mode.deepbind};
  const ObjectIndex object = mode.no_load ? find_loaded(mapping) : map(mapping);
  if (object == kNoObject) {
    problems_.push_back(mode.no_load ? fmt::format("{} is not loaded yet, and RTLD_NOLOAD does not load it", name)
                                     : fmt::format("{} is not found", name));
    return kNoObject;
  }
  if (objects_[object].searchlist.empty()) {
    if (!need_all(object, {}, mode.deepbind)) return kNoObject;
    // What was mapped by an earlier dlopen searches the new list as well, last.
    for (const ObjectIndex member : std::vector<ObjectIndex>(objects_[object].searchlist)) {
      Object &its = objects_[member];
      const bool knows = std::any_of(its.scopes.begin(), its.scopes.end(),
                                     [&](const Scope &scope) { return scope.owner == object && !scope.itself_only; });
      if (member < before && !was_there_at_start(its.origin) && !knows) its.scopes.push_back({object});
    }
    std::vector<ObjectIndex> order = objects_[object].searchlist;
    std::reverse(order.begin(), order.end());
    for (const ObjectIndex member : order)
      if (member >= before) relocate(member);
  }
  if (mode.global) make_global(object);
  return problems_.size() == problems_before ? object : kNoObject;
}

}  // namespace crossheap::binding
