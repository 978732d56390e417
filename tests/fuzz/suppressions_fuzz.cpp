// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as suppressions and tried on a finding with a deep stack.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "base/error.h"
#include "trace/suppression.h"

namespace {

crossheap::trace::Trace deep_trace() {
  crossheap::trace::Incident incident;
  incident.hazard = crossheap::HazardId::CrossingFree;
  incident.function = "free";
  incident.release_stack.resize(64);
  for (crossheap::trace::Frame &frame : incident.release_stack) frame.function = std::string(40, 'a');
  crossheap::trace::Trace trace;
  trace.incidents.push_back(incident);
  return trace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  using namespace crossheap::trace;
  // SAFETY: any byte is a char.
  std::istringstream text(std::string(reinterpret_cast<const char *>(bytes), size));
  try {
    Trace trace = deep_trace();
    suppress(trace, read_suppressions(text, "input"));
  } catch (const crossheap::Error &) {
  }
  return 0;
}
