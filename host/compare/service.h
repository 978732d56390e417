// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The proof that an allocator served a program. LD_PRELOAD promises nothing: ld.so passes over a library it cannot use,
// a static program has no loader, and a program with an allocator of its own takes that one. So each process of a run
// is read while it still has its memory: which object the slots of malloc lead to.
#pragma once

#include <sys/types.h>

#include "binding/object_file.h"
#include "compare/result.h"

namespace crossheap::compare {

/// Reads processes of runs under one allocator.
class Witness {
public:
  /// \param files  where files are read; lives longer than this
  /// \param any     whichever allocator the program has is the right one: the baseline
  Witness(const measure::Allocator &allocator, bool any, binding::ObjectFiles &files);

  /// Looks at `process`, which holds still or is a server at work.
  void look_at(pid_t process);
  /// Final RSS, PSS and peak RSS of the largest process that was looked at.
  const Sample &memory() const noexcept { return memory_; }

  Service service() const;

private:
  ProgramSeen read(pid_t process) const;
  bool is_ours(const binding::ObjectFile &object, const binding::ObjectFile *preloaded) const;

  const measure::Allocator &allocator_;
  bool any_;
  binding::ObjectFiles &files_;
  binding::FileId library_{};
  std::vector<ProgramSeen> programs_;
  Sample memory_;
};

}  // namespace crossheap::compare
