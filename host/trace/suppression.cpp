// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The form is Valgrind's, so matching works as users know it: patterns are anchored at the innermost frame, "..."
// stands for any number of frames, and the frames beyond the last pattern are free. Each "..." is tried with every
// length. That is exponential in the number of "...", but a stack has at most 64 frames.
#include "trace/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::trace {

namespace {

std::string trimmed(const std::string &line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

/// The next line that says something; false at the end.
bool next_line(std::istream &from, std::string &line, int &number) {
  while (std::getline(from, line)) {
    ++number;
    line = trimmed(line);
    if (!line.empty() && line[0] != '#') return true;
  }
  return false;
}

bool is_frame_pattern(const std::string &line) {
  return line == "..." || line.starts_with("fun:") || line.starts_with("obj:");
}

bool frame_matches(const std::string &pattern, const Frame &frame) {
  const std::string_view glob = std::string_view(pattern).substr(4);
  return matches_glob(glob, pattern.starts_with("fun:") ? frame.function : frame.object);
}

// The patterns match a beginning of the frames. Each pattern meets each frame at most once for each "..." before it is
// given up for good: what "..." skips is only ever lengthened for the last of them, since an earlier one can leave no
// more to the patterns after it.
bool frames_match(std::span<const std::string> patterns, std::span<const Frame> frames) {
  std::size_t pattern = 0;
  std::size_t frame = 0;
  std::optional<std::size_t> after_skip;  // the pattern behind the last "..."
  std::size_t skipped_to = 0;
  while (pattern < patterns.size()) {
    if (patterns[pattern] == "...") {
      after_skip = ++pattern;
      skipped_to = frame;
    } else if (frame < frames.size() && frame_matches(patterns[pattern], frames[frame])) {
      ++pattern;
      ++frame;
    } else if (after_skip && skipped_to < frames.size()) {
      pattern = *after_skip;
      frame = ++skipped_to;
    } else {
      return false;
    }
  }
  return true;
}

/// The stack as the patterns see it: the watched function, then its callers.
std::vector<Frame> whole_stack(const Incident &incident) {
  std::vector<Frame> frames(1);
  frames[0].function = incident.function;
  frames[0].object = incident.releaser.object;
  frames.insert(frames.end(), incident.release_stack.begin(), incident.release_stack.end());
  return frames;
}

}  // namespace

std::vector<Suppression> read_suppressions(std::istream &from, const std::string &file) {
  std::vector<Suppression> all;
  std::string line;
  int number = 0;
  const auto wrong = [&](std::string_view what) {
    return Error(Blame::Usage, fmt::format("{}:{}", file, number), what,
                 "see docs/trace.md for the form, or take what --gen-suppressions prints");
  };
  while (next_line(from, line, number)) {
    if (line != "{") throw wrong("a suppression starts with {");
    Suppression one;
    if (!next_line(from, one.name, number) || one.name == "}") throw wrong("the name is missing");
    if (!next_line(from, one.hazard, number) || !one.hazard.starts_with("XH"))
      throw wrong("the hazard (XH201, or a pattern such as XH2*) is missing");
    while (next_line(from, line, number) && line != "}") {
      if (!is_frame_pattern(line)) throw wrong(R"(a frame is "fun:NAME", "obj:PATH" or "...")");
      one.frames.push_back(line);
    }
    if (line != "}") throw wrong("the closing } is missing");
    all.push_back(std::move(one));
  }
  return all;
}

bool matches(const Suppression &suppression, const Incident &incident) {
  return matches_glob(suppression.hazard, name_of(incident.hazard)) &&
         frames_match(suppression.frames, whole_stack(incident));
}

void suppress(Trace &trace, const std::vector<Suppression> &suppressions) {
  const auto is_suppressed = [&](const Incident &incident) {
    return std::any_of(suppressions.begin(), suppressions.end(),
                       [&](const Suppression &one) { return matches(one, incident); });
  };
  trace.suppressed += std::erase_if(trace.incidents, is_suppressed);
}

std::string suggest(const Incident &incident) {
  std::string text = fmt::format("{{\n  <a name>\n  {}\n", name_of(incident.hazard));
  constexpr std::size_t kEnough = 6;
  const std::vector<Frame> frames = whole_stack(incident);
  for (std::size_t i = 0; i < std::min(frames.size(), kEnough); ++i)
    text += frames[i].function.empty() ? fmt::format("  obj:{}\n", frames[i].object.empty() ? "*" : frames[i].object)
                                       : fmt::format("  fun:{}\n", frames[i].function);
  return text + "}\n";
}

}  // namespace crossheap::trace
