// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap inspect` says about one file: facts, and the findings that follow from them.
//
// Everything is copied out of the file, so an Inspection outlives it, and a folder of thousands of files can be
// inspected in bounded memory: one Inspection at a time is made, printed and dropped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "allocator/families.h"
#include "catalog/finding.h"
#include "elf/file.h"
#include "elf/relocations.h"

namespace crossheap::inspect {

/// What kind of thing a build made, as the artifact rule counts them.
enum class Artifact : std::uint8_t { Object, StaticLibrary, SharedLibrary, Executable };

/// How an allocator's functions can be reached from outside.
enum class Presence : std::uint8_t {
  Exported,  ///< among the dynamic symbols (or global, in an object file)
  Hidden,    ///< named by .symtab only
  Nameless,  ///< stripped: told by its texts
};

/// An allocator whose code is in the file.
struct AllocatorInside {
  Family family = Family::Unknown;
  std::string version;                ///< "" where the file does not tell it
  std::vector<std::string> prefixes;  ///< "_rjem_"; empty for an unprefixed or nameless one
  Presence presence = Presence::Nameless;
  bool serves_malloc = false;         ///< defines `malloc` itself, for others to bind to
  std::vector<std::string> missing;   ///< of the functions that libc provides, where it serves malloc
  std::vector<std::string> evidence;  ///< symbols, sections, texts
};

/// A use of a malloc-family function, or of an extended interface, that the loader binds: an import, or a function of
/// the file's own that it reaches through a slot, so that somebody else's may take its place (libc's malloc).
struct Reference {
  std::string name;
  std::string version;       ///< "" unversioned
  std::string version_file;  ///< the soname the version is asked from
  bool weak = false;
  bool defined_here = false;
  std::vector<elf::RelocationKind> relocations;  ///< each kind once; in an object file those for the linker
};

/// A malloc-family function that the file defines.
struct Definition {
  std::string name;
  std::string version;
  bool exported = false;  ///< a dynamic symbol others can bind to; in an object file: global
  bool weak = false;
  bool indirect = false;  ///< IFUNC
  std::uint8_t visibility = STV_DEFAULT;
  std::string member;  ///< of an archive
};

/// A language's runtime, or a compiler, that left traces.
struct Runtime {
  std::string language;  ///< "C++", "Rust", "Go", ...
  std::string detail;    ///< "libstdc++, shared", "rustc 1.70.0"
};

struct Inspection {
  std::string file;
  Artifact artifact = Artifact::Object;
  elf::Header header;
  bool pie = false;
  bool stripped = false;
  bool is_static = false;    ///< an executable that no loader completes
  bool secure_mode = false;  ///< setuid, setgid or with file capabilities
  std::string interpreter;
  Family libc = Family::Unknown;  ///< that it is for; Unknown where nothing tells
  std::optional<std::string> soname;
  std::vector<std::string> needed;
  std::optional<std::string> rpath;
  std::optional<std::string> runpath;
  std::string build_id;
  bool symbolic = false;
  bool bind_now = false;
  bool no_delete = false;
  bool executable_stack = false;
  bool static_tls = false;   ///< DF_STATIC_TLS: its thread-local storage must fit the static block
  bool dynamic_tls = false;  ///< accesses thread-local storage through __tls_get_addr or a descriptor
  elf::ThreadLocal tls;
  std::uint64_t unique_symbols = 0;  ///< exported GNU_UNIQUE definitions
  std::string first_unique_symbol;
  bool pins_itself = false;     ///< refers to one of them: once it is bound, the file is never unloaded
  bool is_libc = false;         ///< starts programs: glibc's or musl's own library, whatever its name
  bool obtains_memory = false;  ///< asks the kernel for memory
  bool names_malloc = false;    ///< has the text "malloc", which dlsym takes; looked for where malloc is exported
  std::uint64_t members = 0;    ///< of an archive

  std::vector<AllocatorInside> allocators;
  std::vector<Definition> definitions;
  std::vector<Reference> references;        ///< malloc family and extended interfaces
  std::vector<std::string> libc_blocks;     ///< imports of libc functions that return heap memory
  std::vector<std::string> loading;         ///< imports of dlopen, dlmopen, dlsym
  std::vector<std::string> weak_probes;     ///< weak references to extended functions
  std::vector<std::string> configuration;   ///< definitions of malloc_conf and its prefixed forms
  std::vector<std::string> allocation_abi;  ///< crossheap_* symbols it exports or leaves undefined
  std::vector<Runtime> runtimes;
  std::vector<std::string> rust_shims;  ///< definitions of __rust_alloc, with their places
  bool static_cpp_runtime = false;
  std::vector<Finding> findings;
  elf::Damage damage;  ///< what could not be read and is left out

  bool is_dynamic() const noexcept {
    return !is_static && (artifact == Artifact::SharedLibrary || artifact == Artifact::Executable);
  }
  const Reference *reference(std::string_view name) const noexcept;
  bool imports(std::string_view name) const noexcept;  ///< refers to it and does not define it
  const Definition *definition(std::string_view name) const noexcept;
  bool exports(std::string_view name) const noexcept;
  bool needs(Family family) const noexcept;  ///< NEEDED lists a library of this family
  /// The C library that it is for, in words: "glibc", "musl, static"; "" where nothing tells.
  std::string libc_in_words() const;
  /// The family whose own library this is (libjemalloc.so.2), libc included; Unknown for all others.
  Family own_family() const noexcept;
};

std::string_view name_of(Artifact artifact) noexcept;
std::string_view name_of(Presence presence) noexcept;

struct Policy {
  bool artifact = false;  ///< check the artifact rule of the allocation ABI (XH118)
};

/// Inspects one ELF file. Parts of it that cannot be read are left out and named in `damage`.
Inspection inspect_file(const elf::File &file, const Policy &policy = {});

/// Inspects a static archive as one thing: what any of its members has, the archive has.
/// Throws Error where the archive itself is malformed; a member that is costs only what it would have told.
Inspection inspect_archive(const std::shared_ptr<const elf::Source> &archive, const std::filesystem::path &directory,
                           const Policy &policy = {});

/// Whether any finding is more than a note.
bool has_findings(const Inspection &inspection) noexcept;

}  // namespace crossheap::inspect
