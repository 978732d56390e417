// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which languages' runtimes a file brings or needs, and which libc it is for.
#pragma once

#include "elf/file.h"
#include "inspect/inspection.h"
#include "inspect/symbol_facts.h"

namespace crossheap::inspect {

/// Adds runtimes, the libc and whether a static C++ runtime is inside, from NEEDED, the compilers' comments, Go's build
/// information and the traces of the symbols.
void add_runtimes(const elf::File &file, const Traces &traces, Inspection &inspection);

/// To be called after the last file of an archive: a static C++ runtime that only its symbols tell.
void conclude_runtimes(const Traces &traces, Inspection &inspection);

/// Adds `runtime` where no entry of its language and detail is there.
void add_runtime(Inspection &inspection, std::string_view language, std::string_view detail);

/// The version of Go that `build_info`, the section .go.buildinfo, tells; "" for one before Go 1.18.
std::string go_version(elf::ByteView build_info);

}  // namespace crossheap::inspect
