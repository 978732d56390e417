// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A process that runs, read from outside: the objects in it, and what the loader has put into their slots.
//
// The loader keeps its list of objects for debuggers (r_debug, link.h), one for each link namespace; what the slots
// hold is in the memory of the process. Nothing in it is believed: lists and texts are bounded.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/owned_fd.h"
#include "binding/image.h"
#include "binding/process.h"

namespace crossheap::observe {

struct LiveObject {
  std::filesystem::path path;
  std::shared_ptr<const binding::Image> image;  ///< null where the file cannot be read: the vDSO, a file now gone
  std::uint64_t base = 0;                       ///< what is added to the file's addresses
  std::uint32_t link_namespace = 0;
};

class LiveProcess {
public:
  /// Reads the list of objects. Throws Error where the process is not there, may not be read, is not dynamically
  /// linked or of another word size.
  /// \param images  where the files are read; lives longer than this
  LiveProcess(pid_t process, binding::Images &images);

  const std::vector<LiveObject> &objects() const noexcept { return objects_; }

  /// The word that `slot` of `object` holds, its addend taken off; nullopt where it cannot be read.
  std::optional<std::uint64_t> value_of(std::size_t object, const binding::Slot &slot) const;

  /// The object whose memory `address` is in; nullopt for none.
  std::optional<std::size_t> object_at(std::uint64_t address) const;

  /// Whether `address` is in the code that the kernel maps into every process: libc's resolvers choose from it.
  bool is_in_vdso(std::uint64_t address) const noexcept;

private:
  std::uint64_t word_at(std::uint64_t address) const;
  std::optional<std::uint64_t> try_word_at(std::uint64_t address) const;
  std::string text_at(std::uint64_t address) const;
  std::uint64_t debug_structure(const std::map<std::uint64_t, std::uint64_t> &auxiliary) const;
  void add_namespace(std::uint64_t first_map, std::uint32_t number, binding::Images &images);

  pid_t process_;
  std::string name_;  ///< for messages: "process 123"
  OwnedFd memory_;
  std::uint64_t vdso_ = 0;  ///< where it begins; 0 without one
  std::vector<LiveObject> objects_;
};

/// What of a slot is the address of a symbol: the kinds that live reading looks at.
bool holds_an_address(elf::RelocationKind kind) noexcept;

/// What is bound to what in `live` now; without the objects whose files cannot be read.
/// \param[out] waiting  slots that are bound at their first call, which has not been
binding::Snapshot snapshot_of(const LiveProcess &live, std::uint64_t &waiting);

}  // namespace crossheap::observe
