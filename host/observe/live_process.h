// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A process read from outside, one that runs or one that left a core dump: the objects in it, and what the loader has
// put into their slots.
//
// The loader keeps its list of objects for debuggers (r_debug, link.h), one for each link namespace; what the slots
// hold is in the memory of the process. Nothing in it is believed: lists and texts are bounded, and a file counts only
// if its build id is the one in memory.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "binding/object_file.h"
#include "binding/process.h"
#include "observe/memory.h"

namespace crossheap::observe {

struct LiveObject {
  std::filesystem::path path;
  std::shared_ptr<const binding::ObjectFile> file;  ///< null where the file cannot be read, or is another one now
  std::string why_not;     ///< a clause that says why `file` is null; "" for the vDSO, which has no file
  std::uint64_t base = 0;  ///< what is added to the file's addresses
  std::uint32_t link_namespace = 0;
  std::uint64_t map = 0;  ///< the address of its link_map
};

class LiveProcess {
public:
  /// Reads the list of objects. Throws Error where the process is not there, may not be read, is not dynamically
  /// linked or of another word size.
  /// \param files  where the files are read; lives longer than this
  LiveProcess(pid_t process, binding::ObjectFiles &files);
  LiveProcess(std::unique_ptr<const Memory> memory, binding::ObjectFiles &files);

  const Memory &memory() const noexcept { return *memory_; }
  const std::vector<LiveObject> &objects() const noexcept { return objects_; }

  /// The word that `slot` of `object` holds, its addend taken off; nullopt where it cannot be read.
  std::optional<std::uint64_t> value_of(std::size_t object, const binding::Slot &slot) const;

  /// The object whose memory `address` is in; nullopt for none.
  std::optional<std::size_t> object_at(std::uint64_t address) const;

  /// The lists that the loader searches for `object`, in order, each by indices of objects(); empty where they cannot
  /// be found.
  std::vector<std::vector<std::size_t>> scopes_of(std::size_t object) const;

  /// Whether `address` is in the code that the kernel maps into every process: libc's resolvers choose from it.
  bool is_in_vdso(std::uint64_t address) const noexcept;

private:
  std::uint64_t word_at(std::uint64_t address) const;
  std::uint64_t debug_structure() const;
  void add_namespace(std::uint64_t first_map, std::uint32_t number, binding::ObjectFiles &files);
  void read_file_of(LiveObject &object, binding::ObjectFiles &files) const;
  std::string build_id_in_memory(const LiveObject &object, const elf::File &file) const;

  std::vector<std::vector<std::size_t>> lists_at(std::uint64_t array) const;
  void find_scopes();

  std::unique_ptr<const Memory> memory_;
  std::map<std::uint64_t, std::size_t> by_map_;  ///< objects by the addresses of their link maps
  std::uint64_t scope_offset_ = 0;               ///< of l_scope in a link_map; 0 where it was not found
  std::uint64_t vdso_ = 0;                       ///< where it begins; 0 without one
  std::vector<LiveObject> objects_;
};

/// What of a slot is the address of a symbol: the kinds that live reading looks at.
bool holds_an_address(elf::RelocationKind kind) noexcept;

/// What was read, in the words of the model; without the objects whose files cannot be read.
struct Seen : binding::SeenProcess {
  std::vector<binding::ObjectIndex> index_of;  ///< of each LiveObject in `snapshot`; kNoObject for none
};

/// What is bound to what in `live` now.
Seen seen_in(const LiveProcess &live);

}  // namespace crossheap::observe
