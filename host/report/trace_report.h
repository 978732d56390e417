// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap trace` found, for people and for programs (crossheap.trace/1, docs/trace.md).
#pragma once

#include <iosfwd>

#include "report/document.h"
#include "trace/trace.h"

namespace crossheap::report {

void write_trace_text(std::ostream &to, const trace::Trace &trace);
void write_trace_json(std::ostream &to, const trace::Trace &trace);

/// All of it. The subjects are the programs that ran; a process without the agent in it is a problem.
Document document_of(const trace::Trace &trace);

}  // namespace crossheap::report
