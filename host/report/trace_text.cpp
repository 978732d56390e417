// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One paragraph for each distinct finding; then what was watched and what could not be.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <ostream>
#include <string_view>

#include "base/demangle.h"
#include "base/text.h"
#include "report/trace_report.h"
#include "trace/cause.h"

namespace crossheap::report {

namespace {

using namespace trace;  // NOLINT(google-build-using-namespace): this file is about nothing else

std::string place(const Frame &frame) {
  const std::string object = frame.object.empty() ? "?" : frame.object;
  std::string text = frame.function.empty() ? fmt::format("{:#x}", frame.address) : frame.function;
  if (!frame.file.empty()) return fmt::format("{} ({}:{}) in {}", text, frame.file, frame.line, object);
  return fmt::format("{} ({}+{:#x})", text, object, frame.offset);
}

void write_stack(std::ostream &to, std::string_view title, const std::vector<Frame> &stack) {
  if (stack.empty()) return;
  fmt::print(to, "  {}\n", title);
  for (const Frame &frame : stack) fmt::print(to, "      {}\n", printable_name(place(frame)));
}

void write_incident(std::ostream &to, const Incident &incident) {
  const std::string_view detail = name_of(incident.detail);
  fmt::print(to, "{} {}{}, {} time{}\n", name_of(incident.hazard), hazard_of(incident.hazard).headline,
             detail.empty() ? "" : fmt::format(" ({})", detail), with_commas(incident.count),
             incident.count == 1 ? "" : "s");
  fmt::print(to, "  owner:    {}\n", printable_name(in_words(incident.owner)));
  if (!incident.function.empty())
    fmt::print(to, "  releaser: {}, by {}\n", printable_name(in_words(incident.releaser)),
               demangled(incident.function));
  if (incident.size)
    fmt::print(to, "  block:    {} bytes, from {}\n", with_commas(*incident.size), incident.allocated_by);
  std::vector<std::string> pids;
  for (const std::uint32_t pid : incident.pids) pids.push_back(std::to_string(pid));
  fmt::print(to, "  process:  {}\n", enumeration(pids));
  write_stack(to, fmt::format("{} called from", incident.function.empty() ? "dlclose" : demangled(incident.function)),
              incident.release_stack);
  write_stack(to, "allocated from", incident.allocation_stack);
  if (incident.opened) {
    const OpenCall &open = *incident.opened;
    fmt::print(to, "  opened by {}(\"{}\", {}) in {}\n", open.link_namespace == 0 ? "dlopen" : "dlmopen",
               printable_name(open.path), name_of_flags(open.flags), printable_name(place(open.caller)));
  }
  fmt::print(to, "  why:      {}\n", printable_name(incident.because));
  fmt::print(to, "  next:     {}\n\n", printable_name(incident.next_step));
}

std::string end_of(const ProcessSeen &process) {
  const std::optional<Ending> &ending = process.ending;
  if (process.replaced) return "went on as another program (exec)";
  if (process.is_running) return "still runs, and what it does from now on is not in this report (--wait waits for it)";
  if (!ending) return "exit not observed";
  if (const auto *exited = std::get_if<Exited>(&*ending)) return fmt::format("exited with {}", exited->status);
  const int signal = std::get<Killed>(*ending).signal;
  return fmt::format("killed by signal {} ({})", signal, ::strsignal(signal));
}

}  // namespace

void write_trace_text(std::ostream &to, const Trace &trace) {
  for (const Incident &incident : trace.incidents) write_incident(to, incident);
  std::uint64_t events = 0;
  for (const Incident &incident : trace.incidents) events += incident.count;
  if (trace.incidents.empty())
    fmt::print(to, "no block crossed\n");
  else
    fmt::print(to, "{} distinct finding{}, {} in all\n", trace.incidents.size(), trace.incidents.size() == 1 ? "" : "s",
               with_commas(events));
  if (trace.suppressed > 0) fmt::print(to, "suppressed: {}\n", trace.suppressed);
  if (trace.lost > 0)
    fmt::print(to, "the log was full: {} records are missing from this report\n", with_commas(trace.lost));
  for (const InstanceSeen &instance : trace.instances)
    fmt::print(to, "watched: {}{}, {} function{}\n", printable_name(trace::in_words(instance.party)),
               instance.prefix.empty() ? "" : fmt::format(", prefix {}", printable_name(instance.prefix)),
               instance.watched, instance.watched == 1 ? "" : "s");
  for (const UnwatchedSeen &unwatched : trace.unwatched)
    fmt::print(to, "not watched: {}{}: {}\n", printable_name(unwatched.object.empty() ? "a process" : unwatched.object),
               unwatched.function.empty() ? "" : fmt::format(": {}", printable_name(unwatched.function)),
               unwatched.reason);
  for (const ProcessSeen &process : trace.processes)
    fmt::print(to, "process {}: {}: {}\n", process.pid, printable_name(process.program.empty() ? "?" : process.program),
               end_of(process));
}

}  // namespace crossheap::report
