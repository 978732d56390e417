// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap trace` found, for people and for programs (crossheap.trace/1, docs/trace.md).
#pragma once

#include <iosfwd>

#include "trace/trace.h"

namespace crossheap::report {

void write_trace_text(std::ostream &to, const trace::Trace &trace);
void write_trace_json(std::ostream &to, const trace::Trace &trace);

}  // namespace crossheap::report
