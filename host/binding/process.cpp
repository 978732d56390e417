// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Mapping, scopes, and the order of events; the search itself is in lookup.cpp, thread-local storage in static_tls.cpp.
#include "binding/process.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"

namespace crossheap::binding {

namespace fs = std::filesystem;

namespace {

std::string name_of(const elf::Symbol &symbol, const elf::Version &version) {
  return version.versioned() ? fmt::format("{}@{}", symbol.name, version.name) : std::string(symbol.name);
}

bool was_there_at_start(Origin origin) {
  return origin == Origin::Executable || origin == Origin::Preload || origin == Origin::StartUp;
}

}  // namespace

namespace {

// The names in a list as LD_PRELOAD and /etc/ld.so.preload have it; in the file, '#' begins a comment.
std::vector<std::string> names_in(std::string_view list, std::string_view separators) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(separators);
    if (end != 0) names.emplace_back(list.substr(0, end));
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return names;
}

std::vector<std::string> names_in_file(const fs::path &path) {
  std::vector<std::string> names;
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return names;  // the loader maps it
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    for (std::string &name : names_in(std::string_view(line).substr(0, line.find('#')), " :\t"))
      names.push_back(std::move(name));
  return names;
}

}  // namespace

Process::Process(ObjectFiles &files, const fs::path &executable, const SearchSettings &search,
                 const std::vector<std::string> &preloads)
    : files_(files) {
  namespaces_.emplace_back();
  std::shared_ptr<const ObjectFile> file = files_.open(executable);
  SearchSettings settings = search;
  secure_ = settings.secure;
  dynamic_weak_ = settings.dynamic_weak && !secure_;
  tunables_ = secure_ ? std::string() : settings.tunables;
  search_.emplace(settings, file->elf_file.header());
  const std::string interpreter(file->elf_file.interpreter());
  if (interpreter.empty())
    throw Error(Blame::Usage, executable.string(), "has no loader: it is statically linked, or no program",
                "name a dynamically linked program; what a file carries itself is shown by `crossheap inspect`");
  const ObjectIndex main = add({.name = "", .origin = Origin::Executable}, fs::absolute(executable), std::move(file));
  // The loader is there before anything else is mapped, but takes part in the search only where somebody needs it.
  const fs::path loader = search_->in_system(interpreter);
  if (std::error_code failed; fs::exists(loader, failed))
    loader_object_ = add({.name = interpreter, .loader = main}, interpreter, files_.open(loader));
  else
    problems_.push_back(fmt::format("{} asks for the loader {}, which is not there", executable.string(), interpreter));
  const std::vector<ObjectIndex> preloaded = preload(preloads, main);
  if (!need_all(main, preloaded, false)) return;
  for (const ObjectIndex object : objects_[main].searchlist)
    if (!has_needed_versions(object)) return;
  lay_out_static_tls(namespaces_[0].members);
  // Dependencies first. The list of the executable holds all there is, but for a loader that nobody needs.
  std::vector<ObjectIndex> order = objects_[main].searchlist;
  if (loader_object_ != kNoObject && std::find(order.begin(), order.end(), loader_object_) == order.end())
    order.push_back(loader_object_);
  std::reverse(order.begin(), order.end());
  for (const ObjectIndex object : order) relocate(object);
}

// LD_PRELOAD, and behind it /etc/ld.so.preload. In secure mode the variable may only hold names.
std::vector<ObjectIndex> Process::preload(const std::vector<std::string> &preloads, ObjectIndex main) {
  std::vector<ObjectIndex> preloaded;
  const auto take = [&](const std::string &name, std::string_view from, bool restricted) {
    if (restricted) {
      const bool is_path = name.find('/') != std::string::npos;
      if (is_path || !search_->find_in_secure_mode(name).file) {
        warnings_.push_back(fmt::format("{} names {}, which the loader ignores in secure mode: {}", from, name,
                                        is_path ? "it is a path" : "it is no setuid library of the system's folders"));
        return;
      }
    }
    const ObjectIndex object = map({.name = name, .loader = main, .origin = Origin::Preload});
    if (object == kNoObject)
      warnings_.push_back(
          refusal_.empty()
              ? fmt::format("{} names {}, which the loader does not find: it warns and goes on", from, name)
              : fmt::format("{} names {}, which the loader refuses ({}): it warns and goes on", from, name, refusal_));
    else if (std::find(preloaded.begin(), preloaded.end(), object) == preloaded.end())
      preloaded.push_back(object);
  };
  for (const std::string &list : preloads)
    for (const std::string &name : names_in(list, " :")) take(name, "LD_PRELOAD", secure_);
  if (!is_of_musl())
    for (const std::string &name : names_in_file(search_->in_system("/etc/ld.so.preload")))
      take(name, "/etc/ld.so.preload", false);
  return preloaded;
}

Asker Process::asker_of(ObjectIndex object) const {
  // The kernel tells the loader where the executable really is, whatever link it was started by.
  const fs::path &path = objects_[object].path;
  const bool is_executable = objects_[object].origin == Origin::Executable;
  return {&objects_[object].file->elf_file, (is_executable ? fs::canonical(path) : path).parent_path()};
}

Found Process::find_file(const Mapping &mapping) const {
  std::vector<Asker> askers;
  // Who calls dlopen asks; here that is the executable.
  if (mapping.origin == Origin::Opened) askers.push_back(asker_of(first_of(0)));
  for (ObjectIndex at = mapping.loader; at != kNoObject; at = objects_[at].loader) askers.push_back(asker_of(at));
  return search_->find(mapping.name, askers, asker_of(first_of(0)));
}

Found Process::find(std::string_view name) const {
  return find_file({.name = std::string(name), .origin = Origin::Opened});
}

bool Process::has(std::string_view name) { return find_mapped(name, 0) != kNoObject; }

bool Process::is_of_musl() const {
  return libc_of_loader(objects_[first_of(0)].file->elf_file.interpreter()) == Family::Musl;
}

ObjectIndex Process::find_mapped(std::string_view name, std::uint32_t link_namespace) {
  // musl's loader is its libc, under whatever name a library asks for that.
  if (loader_object_ != kNoObject && is_of_musl() && libc_called(name) == Family::Musl) return loader_object_;
  for (const ObjectIndex index : namespaces_[link_namespace].members) {
    Object &object = objects_[index];
    if (is_known_as(index, name)) return index;
    const auto &soname = object.file->elf_file.dynamic().soname;
    if (soname && *soname == name) {
      object.names.emplace_back(name);
      return index;
    }
  }
  return kNoObject;
}

ObjectIndex Process::find_mapped(const FileId &id, std::uint32_t link_namespace) const {
  // The base namespace knows its loader by name only: opened by another path, it is mapped once more. The executable
  // was mapped by the kernel; who opens its file opens another one, and is refused.
  for (const ObjectIndex index : namespaces_[link_namespace].members)
    if (objects_[index].file->id == id && index != loader_object_ && objects_[index].origin != Origin::Executable)
      return index;
  return kNoObject;
}

ObjectIndex Process::map(const Mapping &mapping) {
  if (const ObjectIndex there = find_mapped(mapping.name, mapping.link_namespace); there != kNoObject) return there;
  refusal_.clear();
  const Found found = find_file(mapping);
  refusal_ = found.refusal;
  if (!found.file) return kNoObject;
  const std::optional<fs::path> path = found.file;
  std::shared_ptr<const ObjectFile> file;
  try {
    file = files_.open(*path);
  } catch (const Error &error) {
    refusal_ = fmt::format("{}: {}", path->string(), error.reason());
    return kNoObject;
  }
  if (const ObjectIndex there = find_mapped(file->id, mapping.link_namespace); there != kNoObject) {
    objects_[there].names.push_back(mapping.name);
    return there;
  }
  return may_be_mapped(*file, *path, mapping) ? add(mapping, *path, std::move(file)) : kNoObject;
}

// What the loader refuses of a file that is an ELF file for this machine.
bool Process::may_be_mapped(const ObjectFile &file, const fs::path &path, const Mapping &mapping) {
  const elf::Dynamic &dynamic = file.elf_file.dynamic();
  const auto &segments = file.elf_file.segments();
  std::string_view words;
  if (file.elf_file.header().type == ET_EXEC)
    words = "cannot dynamically load executable";
  else if (std::none_of(segments.begin(), segments.end(), [](const elf::Segment &s) { return s.type == PT_LOAD; }))
    words = "object file has no loadable segments";
  else if (!dynamic.present)
    words = "object file has no dynamic section";
  else if ((dynamic.flags_1 & DF_1_PIE) != 0)
    words = "cannot dynamically load position-independent executable";
  else if ((dynamic.flags_1 & DF_1_NOOPEN) != 0 &&
           (mapping.origin == Origin::Opened || mapping.origin == Origin::Dependency))
    words = "shared object cannot be dlopen()ed";
  if (words.empty() || is_of_musl()) return true;
  refusal_ = fmt::format("{}: {}", path.string(), words);
  return false;
}

// The versions that `object` needs must be defined by the libraries it needs them from; a library without any versions
// is taken as it is. (dl-version.c)
bool Process::has_needed_versions(ObjectIndex object) {
  if (is_of_musl()) return true;
  const ObjectFile &file = *objects_[object].file;
  bool complete = true;
  bool asks_libc = false;
  bool knows_packed_relocations = false;
  for (const elf::DynamicSymbols::NeededVersion &needed : file.symbols.needed_versions()) {
    if (needed.file.starts_with("libc.so.")) asks_libc = true;
    if (needed.name == "GLIBC_ABI_DT_RELR") knows_packed_relocations = true;
    const ObjectIndex from = find_mapped(needed.file, objects_[object].link_namespace);
    if (from == kNoObject || needed.weak) continue;
    const ObjectFile &library = *objects_[real(from)].file;
    if (!library.elf_file.dynamic().versions_defined) continue;
    const auto defined = library.symbols.defined_versions();
    if (std::find(defined.begin(), defined.end(), needed.name) != defined.end()) continue;
    problems_.push_back(fmt::format("{}: version `{}' not found (required by {})", objects_[real(from)].path.string(),
                                    needed.name, objects_[object].path.string()));
    complete = false;
  }
  if (asks_libc && file.elf_file.dynamic().has_packed_relocations && !knows_packed_relocations) {
    problems_.push_back(
        fmt::format("{}: DT_RELR without GLIBC_ABI_DT_RELR dependency", objects_[object].path.string()));
    complete = false;
  }
  return complete;
}

// A reference that asks this very library for a version finds that it has no versions at all: the loader takes that for
// its own mistake and ends the process (an assertion in dl-lookup.c).
bool Process::lost_its_versions(const Binding &binding) const {
  if (!binding.definition || !binding.version.versioned() || binding.version.file.empty()) return false;
  const ObjectIndex provider = binding.definition->object;
  const ObjectFile &library = *objects_[provider].file;
  if (library.symbols.versioned()) return false;
  return is_known_as(provider, binding.version.file) || library.elf_file.dynamic().soname == binding.version.file;
}

ObjectIndex Process::find_loaded(const Mapping &mapping) {
  const ObjectIndex by_name = find_mapped(mapping.name, mapping.link_namespace);
  if (by_name != kNoObject) return by_name;
  const Found found = find_file(mapping);
  return found.file ? find_mapped(identity_of(*found.file), mapping.link_namespace) : kNoObject;
}

ObjectIndex Process::add(const Mapping &mapping, const fs::path &path, std::shared_ptr<const ObjectFile> file) {
  const ObjectIndex self = objects_.size();
  Object object;
  object.file = std::move(file);
  object.path = path;
  object.link_namespace = mapping.link_namespace;
  object.origin = mapping.origin;
  object.loader = mapping.loader;
  object.names = {mapping.name};
  if (mapping.origin != Origin::Executable) object.names.push_back(path.string());
  object.deep = mapping.deepbind;
  // There is one loader in a process. Another namespace sees it under a name of its own.
  if (mapping.link_namespace != 0 && loader_object_ != kNoObject &&
      object.file->id == objects_[loader_object_].file->id)
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
  if (object.file->elf_file.dynamic().symbolic() && !mapping.deepbind && object.scopes.front().owner != self)
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
    if (refusal_.empty())
      problems_.push_back(fmt::format("{} needs {}, which is not found", objects_[object].path.string(), name));
    else
      problems_.push_back(
          fmt::format("{} needs {}, which the loader refuses: {}", objects_[object].path.string(), name, refusal_));
  };
  bool complete = true;
  for (std::size_t at = 0; at < list.size();) {
    if (done[at]) {
      ++at;
      continue;
    }
    done[at] = true;
    const ObjectIndex object = list[at];
    const elf::Dynamic dynamic = objects_[object].file->elf_file.dynamic();
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
      // What was read already stays so: objects that filter themselves, or each other, would else go round for ever.
      bool was_done = false;
      if (there < list.size()) {
        was_done = done[there];
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(there));
        done.erase(done.begin() + static_cast<std::ptrdiff_t>(there));
      }
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(filter_at), filtee);
      done.insert(done.begin() + static_cast<std::ptrdiff_t>(filter_at), was_done);
      ++filter_at;
    }
  }
  objects_[root].searchlist = std::move(list);
  return complete;
}

void Process::relocate(ObjectIndex object) {
  const std::shared_ptr<const ObjectFile> file = objects_[object].file;
  if (objects_[object].real != kNoObject) return;
  place_static_tls(object);
  bool lost = false;
  for (const Slot &slot : file->slots) {
    Binding binding;
    binding.object = object;
    binding.slot = slot;
    binding.symbol = file->symbols[slot.symbol];
    binding.version = file->symbols.version(slot.symbol);
    binding.definition =
        search(object, binding.symbol, binding.version, type_class_of(slot.relocation.kind)).definition;
    if (!binding.definition && !binding.symbol.weak())
      problems_.push_back(fmt::format("{} needs the symbol {}, which nobody in its scope defines",
                                      objects_[object].path.string(), name_of(binding.symbol, binding.version)));
    if (!lost && lost_its_versions(binding)) {
      lost = true;
      problems_.push_back(
          fmt::format("{} asks {} for {}, but that library has no versions any more: the loader ends the process",
                      objects_[object].path.string(), binding.version.file, name_of(binding.symbol, binding.version)));
    }
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
  // What the loader refuses it unmaps again, with all that came along.
  const std::vector<Object> objects_before = objects_;
  const std::vector<Namespace> namespaces_before = namespaces_;
  const std::size_t bindings_before = snapshot_.bindings.size();
  const StaticTls static_tls_before = static_tls_;
  const std::size_t static_tls_problems_before = static_tls_problems_.size();
  const std::size_t problems_before = problems_.size();
  const ObjectIndex object = open_or_complain(name, mode);
  if (problems_.size() == problems_before) return object;
  objects_ = objects_before;
  namespaces_ = namespaces_before;
  snapshot_.bindings.resize(bindings_before);
  static_tls_ = static_tls_before;
  static_tls_problems_.resize(static_tls_problems_before);
  return kNoObject;
}

ObjectIndex Process::open_or_complain(std::string_view name, const OpenMode &mode) {
  std::uint32_t link_namespace = 0;
  if (mode.new_namespace) {
    link_namespace = static_cast<std::uint32_t>(namespaces_.size());
    namespaces_.emplace_back();
  }
  const std::size_t before = objects_.size();
  const std::size_t problems_before = problems_.size();
  const Mapping mapping{
      .name = std::string(name), .origin = Origin::Opened, .link_namespace = link_namespace, .deepbind = mode.deepbind};
  refusal_.clear();
  const ObjectIndex object = mode.no_load ? find_loaded(mapping) : map(mapping);
  if (object == kNoObject) {
    if (!refusal_.empty())
      problems_.push_back(fmt::format("{} is refused by the loader: {}", name, refusal_));
    else if (mode.no_load)
      problems_.push_back(fmt::format("{} is not loaded yet, and RTLD_NOLOAD does not load it", name));
    else
      problems_.push_back(fmt::format("{} is not found", name));
    return kNoObject;
  }
  if (objects_[object].searchlist.empty()) {
    if (!need_all(object, {}, mode.deepbind)) return kNoObject;
    for (const ObjectIndex member : std::vector<ObjectIndex>(objects_[object].searchlist))
      if (member >= before) has_needed_versions(member);
    if (problems_.size() != problems_before) return kNoObject;
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
  return object;
}

}  // namespace crossheap::binding
