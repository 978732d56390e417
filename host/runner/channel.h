// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The runner's end of the result stream. With a token it writes records to the result descriptor; without one (a person
// runs the runner by hand) it writes the same steps as lines to standard output.
#pragma once

#include <cstdint>
#include <string_view>

#include "event/run_record.h"

namespace crossheap::runner {

/// Says where records go, once, before the first report(). Token 0: lines on standard output.
void open_channel(std::uint64_t token);

/// Writes one record with a single write(2) and without allocating; cuts `text` at event::kRunTextLimit. A descriptor
/// that the plugin has closed is not an error here: the supervisor sees that the record is missing. [any-thread]
void report(event::RunStep step, std::string_view text = {});

}  // namespace crossheap::runner
