// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap bind` says: for each load mode who gets whose malloc, and what can cross.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binding/ownership.h"
#include "binding/process.h"
#include "catalog/finding.h"
#include "observe/crash.h"
#include "observe/observe.h"
#include "report/document.h"

namespace crossheap::report {

/// One process: a host, plugins opened in one order and one mode.
struct Loading {
  std::string mode;  ///< "local"; "start" for a host alone, "now" for a process that runs, "crashed" for a core dump
  std::string call;  ///< how the plugins come in, for people
  std::vector<std::string> order;  ///< the plugins as they are opened

  std::unique_ptr<const binding::Snapshot> process;
  std::unique_ptr<const binding::Ownership> ownership;  ///< in `process`
  std::vector<Finding> findings;
  std::vector<std::string> problems;  ///< why the loader would refuse
  /// Why it would refuse by default: static TLS that does not fit. What is said beside is of a process with more of it.
  std::vector<std::string> static_tls_problems;
  std::optional<observe::Comparison> observed;
  std::uint64_t waiting = 0;            ///< slots that are not bound yet, in a process that was read
  std::vector<std::string> unknown;     ///< what could not be read of it, and so takes no part
  std::optional<observe::Crash> crash;  ///< of a core dump

  bool agrees() const {
    if (!observed) return true;
    const bool came_to_an_end = observed->ran || !observed->refusals.empty();
    return came_to_an_end && observed->differences.empty() && refusal_as_expected();
  }
  /// Whether the real loader opened what it was predicted to open, and refused the rest.
  bool refusal_as_expected() const { return !observed || observed->refusals.empty() == problems.empty(); }
};

struct BindReport {
  std::string host;                  ///< the executable; "process 123"
  std::vector<std::string> plugins;  ///< as the user named them
  std::vector<std::string> preloads;
  std::vector<Loading> loadings;
};

/// \param with_references  every slot, too
std::string bind_text(const BindReport &report, bool with_references);

std::string bind_json(const BindReport &report);

/// Findings of several load modes: what modes share is one finding, with the modes in its evidence.
class FindingsByMode {
public:
  void add(const Finding &finding, const std::string &mode);
  std::vector<Finding> take();

private:
  struct Shared {
    Finding finding;
    std::vector<std::string> modes;
  };
  std::vector<Shared> all_;
};

/// All of it. A finding that several modes share is one.
Document document_of(const BindReport &report, bool with_references);

}  // namespace crossheap::report
