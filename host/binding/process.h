// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A process as the loader would build it, made from files alone: which objects it maps, in which scopes each of them
// looks for symbols, and so which definition each slot gets.
//
// The model follows glibc's loader step by step, because the answers are in the steps: an object is relocated once,
// when it is mapped, with the scopes of that moment; what is opened later never moves what was bound before. Binding is
// immediate (LD_BIND_NOW): a slot that waits for its first call would see the scopes of that later moment.
//
// The words are glibc's. A scope is a list of objects that is searched in order. The global scope of a link namespace
// begins with its first object and what that needs. An object opened by dlopen has a local scope: itself and what it
// needs, breadth first. It and what was newly mapped for it search the global scope and then this one, with
// RTLD_DEEPBIND the other way round.
//
// Sources: dlopen(3), ld.so(8); glibc 2.36 elf/dl-lookup.c, dl-load.c, dl-object.c, dl-deps.c, dl-open.c, rtld.c.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binding/library_search.h"
#include "binding/object_file.h"

namespace crossheap::binding {

/// Index of an object in its Process.
using ObjectIndex = std::size_t;
inline constexpr ObjectIndex kNoObject = std::numeric_limits<ObjectIndex>::max();

/// How an object came in.
enum class Origin : std::uint8_t {
  Executable,
  Preload,     ///< named by LD_PRELOAD
  StartUp,     ///< needed by what was there at start
  Opened,      ///< given to dlopen or dlmopen
  Dependency,  ///< needed by what was opened
};

/// One list of objects that is searched.
struct Scope {
  ObjectIndex owner = kNoObject;  ///< whose list it is
  bool itself_only = false;       ///< DT_SYMBOLIC: the list is the owner alone
};

struct Object {
  std::shared_ptr<const ObjectFile> file;
  std::filesystem::path path;
  std::uint32_t link_namespace = 0;  ///< 0 is the base namespace
  Origin origin = Origin::StartUp;
  ObjectIndex loader = kNoObject;       ///< who needed it first
  std::vector<std::string> names;       ///< it is known by: as asked for, its soname
  std::vector<ObjectIndex> searchlist;  ///< itself and what it needs; empty where nobody asked for that yet
  std::vector<Scope> scopes;            ///< in the order of searching
  bool deep = false;                    ///< mapped with RTLD_DEEPBIND
  ObjectIndex real = kNoObject;         ///< of the loader seen from another namespace: the loader
  bool in_static_tls = false;           ///< its thread-local storage has a place there
};

/// What may be in a process: where it stands in the block of static TLS, counted back from the thread pointer.
struct StaticTls {
  std::uint64_t size = 0;  ///< of the block, as laid out at start
  std::uint64_t used = 0;
  std::uint64_t align = 64;    ///< of the block
  std::uint64_t optional = 0;  ///< what TLS descriptors may still take
};

/// Where a reference found its definition.
struct Definition {
  ObjectIndex object = kNoObject;
  elf::Symbol symbol;
};

/// A slot and what the loader puts there.
struct Binding {
  ObjectIndex object = kNoObject;  ///< whose slot it is
  Slot slot;
  elf::Symbol symbol;                    ///< the reference
  elf::Version version;                  ///< that it asks for
  std::optional<Definition> definition;  ///< nullopt: the slot gets 0
};

/// What is in a process and what is bound to what: of the model, or read from a process that runs.
struct Snapshot {
  std::vector<Object> objects;
  std::vector<Binding> bindings;  ///< in the order in which the loader filled the slots
};

/// How the slot is filled decides what may fill it.
enum class TypeClass : std::uint8_t {
  Any,
  Plt,   ///< a canonical PLT entry of the executable is no definition for a PLT slot
  Copy,  ///< the executable's copy is no source to copy from
};

/// A search that went through `searched` and ended at the last of them, or nowhere.
struct Search {
  std::optional<Definition> definition;
  std::vector<ObjectIndex> searched;
};

struct OpenMode {
  bool global = false;         ///< RTLD_GLOBAL
  bool deepbind = false;       ///< RTLD_DEEPBIND
  bool no_load = false;        ///< RTLD_NOLOAD: only what is there already
  bool new_namespace = false;  ///< dlmopen(LM_ID_NEWLM)
};

/// What was read of a process that runs, or ran (observe/live_process.h).
struct SeenProcess {
  Snapshot snapshot;             ///< the objects in the loader's order, and the slots that are bound
  std::vector<Binding> waiting;  ///< slots that are bound at their first call, which has not been: to be predicted
  /// For each object the lists in which the loader searches for it, in order; empty where they could not be read. Then
  /// they are made again from what the objects need and from what is bound.
  std::vector<std::vector<std::vector<ObjectIndex>>> scopes;
};

class Process {
public:
  /// A process that runs `executable`, up to its main function.
  /// \param files  where files are read; lives longer than the process
  /// \param search  the variables of its environment, and whether they count
  /// \param preloads  as in LD_PRELOAD, in order, each one or more names as the variable separates them; one that is
  /// not
  ///                  found or refused is passed over, as ld.so does. Those of /etc/ld.so.preload come behind them.
  /// Throws Error where the executable cannot be read or has no loader.
  Process(ObjectFiles &files, const std::filesystem::path &executable, const SearchSettings &search,
          const std::vector<std::string> &preloads);

  /// A process that was read. Nothing can be opened in it.
  /// \param files  where its files were read; lives longer than the process
  Process(ObjectFiles &files, SeenProcess seen);
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;

  /// The file that `name`, given to dlopen, stands for, or why the loader stops looking.
  Found find(std::string_view name) const;

  /// Whether the base namespace has an object that is known by `name`.
  bool has(std::string_view name);

  /// Opens `name` as dlopen or dlmopen would. Answers the object; kNoObject where the loader refuses, see problems().
  /// What it refuses leaves nothing behind. Lack of static TLS alone is no reason: see static_tls_problems().
  ObjectIndex open(std::string_view name, const OpenMode &mode);

  /// Whether musl's loader runs it, whose rules differ: the model is of glibc's.
  bool is_of_musl() const;

  /// What is there so far.
  const Snapshot &snapshot() const noexcept { return snapshot_; }
  const std::vector<Object> &objects() const noexcept { return snapshot_.objects; }
  /// Why the loader would refuse to go on: a library that is not found, a symbol that nobody defines.
  const std::vector<std::string> &problems() const noexcept { return problems_; }
  /// What the loader refuses because its block of static TLS is full. The objects are there nevertheless, as they are
  /// where the block is made larger.
  const std::vector<std::string> &static_tls_problems() const noexcept { return static_tls_problems_; }
  /// What the loader only warns of: preloads that it ignores.
  const std::vector<std::string> &warnings() const noexcept { return warnings_; }

  /// What the reference `symbol` (an index into its dynamic symbols) of `object` finds when it is looked for now, and
  /// where it is looked for.
  Search search(ObjectIndex object, std::uint32_t symbol, TypeClass type_class) const;

  /// What dlsym(RTLD_DEFAULT, name) answers to `object`: it searches where the references of that one are looked for.
  std::optional<Definition> find_for(ObjectIndex object, std::string_view name) const;

  /// The first definition in the global scope of a namespace.
  std::optional<Definition> find_default(std::uint32_t link_namespace, std::string_view name) const;

  /// The objects of one list, in order.
  const std::vector<ObjectIndex> &list_of(ObjectIndex owner) const { return objects()[owner].searchlist; }
  /// The first object of a namespace, whose list is the global scope there.
  ObjectIndex first_of(std::uint32_t link_namespace) const { return namespaces_[link_namespace].first; }

private:
  struct Namespace {
    ObjectIndex first = kNoObject;
    std::vector<ObjectIndex> members;
    std::map<std::string, Definition, std::less<>> unique;  ///< STB_GNU_UNIQUE: the first definition that was bound
  };
  struct Mapping {
    std::string name;
    ObjectIndex loader = kNoObject;
    Origin origin = Origin::StartUp;
    std::uint32_t link_namespace = 0;
    bool deepbind = false;
  };

  ObjectIndex find_mapped(std::string_view name, std::uint32_t link_namespace);
  ObjectIndex find_mapped(const FileId &id, std::uint32_t link_namespace) const;
  ObjectIndex find_loaded(const Mapping &mapping);
  ObjectIndex map(const Mapping &mapping);
  ObjectIndex add(const Mapping &mapping, const std::filesystem::path &path, std::shared_ptr<const ObjectFile> file);
  void set_scopes(Object &object, ObjectIndex self, const Mapping &mapping) const;
  ObjectIndex open_or_complain(std::string_view name, const OpenMode &mode);
  Found find_file(const Mapping &mapping) const;
  std::vector<ObjectIndex> preload(const std::vector<std::string> &preloads, ObjectIndex main);
  bool may_be_mapped(const ObjectFile &file, const std::filesystem::path &path, const Mapping &mapping);
  bool has_needed_versions(ObjectIndex object);
  bool lost_its_versions(const Binding &binding) const;
  void lay_out_static_tls(const std::vector<ObjectIndex> &objects);
  void place_static_tls(ObjectIndex object);
  bool take_static_tls(Object &object, bool optional);
  Asker asker_of(ObjectIndex object) const;
  bool need_all(ObjectIndex root, const std::vector<ObjectIndex> &preloads, bool deepbind);
  void relocate(ObjectIndex object);
  Search search(ObjectIndex object, const elf::Symbol &reference, const elf::Version &version,
                TypeClass type_class) const;
  Search search_scopes(ObjectIndex object, const elf::HashedName &name, const elf::Version &version,
                       TypeClass type_class) const;
  bool look_in(ObjectIndex object, const elf::HashedName &name, const elf::Version &version, TypeClass type_class,
               Definition &found) const;
  bool is_known_as(ObjectIndex object, std::string_view name) const;
  void enter_unique(const Binding &binding);
  std::vector<ObjectIndex> seen_list_of(ObjectIndex root, const std::vector<ObjectIndex> &preloads);
  void take_list(ObjectIndex root, Origin origin);
  void explain(const std::vector<Binding> &seen);
  void take_scopes(const std::vector<std::vector<std::vector<ObjectIndex>>> &seen);
  bool is_explained(const Binding &binding) const;
  void make_global(ObjectIndex object);
  ObjectIndex real(ObjectIndex object) const {
    return objects()[object].real == kNoObject ? object : objects()[object].real;
  }

  ObjectFiles &files_;
  std::optional<LibrarySearch> search_;
  ObjectIndex loader_object_ = kNoObject;  ///< ld.so itself
  Snapshot snapshot_;
  std::vector<Object> &objects_ = snapshot_.objects;
  std::vector<Namespace> namespaces_;
  bool secure_ = false;
  bool dynamic_weak_ = false;
  std::string tunables_;
  StaticTls static_tls_;
  std::string refusal_;  ///< why map() answered kNoObject; "" where there is no such file
  std::vector<std::string> problems_;
  std::vector<std::string> static_tls_problems_;
  std::vector<std::string> warnings_;
};

/// The type class of a relocation: what ld.so asks with.
TypeClass type_class_of(elf::RelocationKind kind) noexcept;

}  // namespace crossheap::binding
