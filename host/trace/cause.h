// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Why a finding happened and what to do about it, in words, from what is known of the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trace/incident.h"

namespace crossheap::trace {

/// Fills what every finding has (level, subject, summary, evidence, because, next_step, places) from what is known of
/// the event.
void explain(Incident &incident);

/// "RTLD_NOW | RTLD_DEEPBIND", as results keep it. A profile's flags are what its host writes and are compared with
/// nothing; load modes (base/load_modes.h) are crossheap's own.
std::string name_of_flags(std::uint32_t dlopen_flags);
/// The inverse; names that are no flags count for nothing.
std::uint32_t flags_named(std::string_view names);

/// "libjemalloc.so.2 (jemalloc)"; with the namespace where it is not the program's own.
std::string in_words(const Party &party);

}  // namespace crossheap::trace
