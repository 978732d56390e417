// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The runner's end of the result stream. For the supervisor it writes records to the result descriptor, with a token.
// It finds the token on its standard input, so that it stands in no command line or environment. A person who runs the
// runner by hand gets the same steps as lines on standard output.
#pragma once

#include <cstdint>
#include <string_view>

#include "event/run_record.h"

namespace crossheap::runner {

/// From now on records are written. Once, before the first report() and before any plugin is there to read the token.
void open_channel();

/// Writes one record with a single write(2) and without allocating; cuts `text` at event::kRunTextLimit. A descriptor
/// that the plugin has closed is not an error here: the supervisor sees that the record is missing. [any-thread]
void report(event::RunStep step, std::string_view text = {});

}  // namespace crossheap::runner
