// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the agent costs: the same loads alone, under `crossheap trace` at each depth, and under other tools. A load
// prints nanoseconds an operation and the memory that is its own; perl and Python are whole processes, by the clock.
// Instructions are counted by valgrind, in which every tool's own work counts as well; the start is taken off.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/installation.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "bench/process.h"
#include "bench/run.h"
#include "elf/file.h"

namespace crossheap::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::array kDepths{"ownership", "auto", "sites", "stacks"};

struct Load {
  std::string_view name;
  std::string_view about;
  std::string_view arguments;  ///< of agent-load, without the count; "": a program
  std::uint64_t count;
  std::string_view program;  ///< in PATH
  std::string_view text;     ///< what it runs, by -e or -c
  std::string_view start;    ///< what starts it and does nothing
  std::string_view environment;
};

constexpr std::string_view kPython = "import json\nfor _ in range(150): json.loads(json.dumps(list(range(20000))))";
constexpr std::array kLoads{
    Load{"replacement, 1k live", "a random one of 1,000 blocks is replaced", "replacement 1000", 4'000'000, "", "", "",
         ""},
    Load{"an allocation alone, of 64 at a time", "batches of 64; the time of the allocations", "batch", 4'000'000, "",
         "", "", ""},
    Load{"replacement, 100k live", "a random one of 100,000 blocks is replaced", "replacement 100000", 2'000'000, "",
         "", "", ""},
    Load{"two threads, one releases", "what one thread allocates another releases", "cross", 2'000'000, "", "", "", ""},
    Load{"perl", "a hash of 800,000 strings", "", 0, "perl",
         "%h = map { $_ => \"x\" x ($_ % 50) } 1 .. 800000; print scalar keys %h", "1", ""},
    Load{"python", "json of lists", "", 0, "python3", kPython, "import json", ""},
    Load{"python, PYTHONMALLOC=malloc", "the same, each object by malloc", "", 0, "python3", kPython, "import json",
         "PYTHONMALLOC=malloc"},
    Load{"start of true", "a process that does nothing, with the agent in its environment", "", 0, "true", "", "", ""},
};

std::string own_program() {
  std::error_code failed;
  const fs::path file = fs::read_symlink("/proc/self/exe", failed);
  if (failed) throw system_error("/proc/self/exe", "cannot be read", failed.value());
  return file.string();
}

// What a tool does of the work, so that it ends in minutes: 1 is all of it.
double part_of(const std::string &variant) {
  if (variant == "memcheck") return 1.0 / 40;
  if (variant == "heaptrack") return 1.0 / 100;
  return variant == "ASan" ? 1.0 / 10 : 1.0;
}

std::vector<std::string> program_words(const Load &load, std::string_view text) {
  std::vector<std::string> words{path_of(load.program)};
  if (!text.empty()) {
    words.emplace_back(load.program == "perl" ? "-e" : "-c");
    words.emplace_back(text);
  }
  return words;
}

bool is_depth(const std::string &variant) {
  return std::find(kDepths.begin(), kDepths.end(), variant) != kDepths.end();
}

// Such a load shows what the agent costs a process at its start. What `crossheap trace` does before and after it, once
// for all processes, is left out: the agent comes by the environment alone.
bool only_starts(const Load &load) { return load.program == "true"; }

std::vector<std::string> under(const std::string &variant, std::vector<std::string> command,
                               const TemporaryFolder &folder) {
  std::vector<std::string> before;
  if (is_depth(variant))
    before = {own_program(), "trace", "--depth", variant, "-o", (folder.path() / "report.txt").string(), "--"};
  else if (variant == "memcheck")
    before = {path_of("valgrind"), "-q", "--log-file=/dev/null"};
  else if (variant == "heaptrack")
    before = {path_of("heaptrack"), "-o", (folder.path() / "heaptrack").string()};
  else if (variant == "ASan")
    command.front() += "-asan";
  command.insert(command.begin(), before.begin(), before.end());
  return command;
}

// What `crossheap env` would set.
measure::Variables agent_environment(const std::string &depth, const std::string &program,
                                     const TemporaryFolder &folder) {
  const measure::Ran ran = measure::run(launch_of(
      {own_program(), "env", "--depth", depth, "--log", (folder.path() / ("log-" + depth)).string(), program}));
  measure::Variables variables;
  for (const std::string_view line : split(ran.output, '\n')) {
    std::string entry(line);
    entry.erase(std::remove(entry.begin(), entry.end(), '\''), entry.end());
    if (entry.find('=') != std::string::npos) variables.push_back(variable_of(entry));
  }
  return variables;
}

std::variant<Sample, NoSample> run_load(const Load &load, const std::string &variant, double scale) {
  const TemporaryFolder folder("bench");
  std::vector<std::string> command;
  measure::Variables variables;
  if (!load.environment.empty()) variables.push_back(variable_of(load.environment));
  if (load.arguments.empty()) {
    command = program_words(load, load.text);
    if (variant == "empty audit module")
      variables.emplace_back("LD_AUDIT", library_file("bench/empty-audit.so").string());
    if (only_starts(load) && is_depth(variant)) {
      variables = agent_environment(variant, command.front(), folder);
      if (variables.empty()) return NoSample{"crossheap env has no variables for it"};
    }
  } else {
    command = {library_file("bench/agent-load").string()};
    for (const std::string_view word : split(load.arguments, ' ')) command.emplace_back(word);
    const double count = static_cast<double>(load.count) * scale * part_of(variant);
    command.push_back(std::to_string(std::max<std::uint64_t>(640, static_cast<std::uint64_t>(count))));
  }
  if (!only_starts(load)) command = under(variant, std::move(command), folder);
  measure::Launch launch = launch_of(std::move(command));
  launch.variables = std::move(variables);
  launch.deadline = std::chrono::minutes{10};
  const measure::Ran ran = measure::run(launch);
  if (std::string failure = failure_of(ran); !failure.empty()) return NoSample{std::move(failure)};
  if (load.arguments.empty())
    return Sample{{only_starts(load) ? "milliseconds" : "seconds", ran.wall_seconds * (only_starts(load) ? 1000 : 1)}};
  // heaptrack speaks before and after it.
  for (const std::string_view line : split(ran.output, '\n')) {
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() != 2) continue;
    const double nanoseconds = std::strtod(std::string(fields[0]).c_str(), nullptr);
    const double memory = std::strtod(std::string(fields[1]).c_str(), nullptr);
    if (nanoseconds > 0 && memory > 0) return Sample{{"ns", nanoseconds}, {"own_kib", memory}};
  }
  return NoSample{"printed no figures"};
}

// cachegrind's count of instructions; negative where it has none. The program's loader is what valgrind starts, and it
// is told of the agent by an option: LD_AUDIT would put the agent into valgrind's own launcher, where it steps aside.
double instructions(const std::vector<std::string> &command, measure::Variables variables,
                    const TemporaryFolder &folder) {
  const elf::File program = elf::File::open(command.front());
  std::vector<std::string> counting{path_of("valgrind"),
                                    "--tool=cachegrind",
                                    "--cache-sim=no",
                                    "--cachegrind-out-file=/dev/null",
                                    "--log-file=" + (folder.path() / "counted").string(),
                                    std::string(program.interpreter())};
  const auto audit =
      std::find_if(variables.begin(), variables.end(), [](const auto &one) { return one.first == "LD_AUDIT"; });
  if (audit != variables.end()) {
    counting.insert(counting.end(), {"--audit", audit->second});
    variables.erase(audit);
  }
  counting.insert(counting.end(), command.begin(), command.end());
  measure::Launch launch = launch_of(std::move(counting));
  launch.variables = std::move(variables);
  launch.deadline = std::chrono::minutes{10};
  if (!succeeded(measure::run(launch).ending)) return -1;
  std::ifstream stream((folder.path() / "counted").string());
  double last = -1;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t at = line.find("refs:");
    if (at == std::string::npos || line.find("I ") == std::string::npos) continue;
    std::string digits;
    for (const char c : line.substr(at))
      if (c >= '0' && c <= '9') digits += c;
    last = std::strtod(digits.c_str(), nullptr);
  }
  return last;
}

void count_instructions(const Load &load, Results &results, const std::function<void()> &progress) {
  const TemporaryFolder folder("bench");
  const std::vector<std::string> work = program_words(load, load.text);
  const std::vector<std::string> start = program_words(load, load.start);
  const auto without_start = [&](const std::string &variant) {
    progress();
    measure::Variables variables;
    if (variant != "plain") variables = agent_environment(variant, work.front(), folder);
    if (variant != "plain" && variables.empty()) return -1.0;
    if (!load.environment.empty()) variables.push_back(variable_of(load.environment));
    variables.emplace_back("PYTHONHASHSEED", "0");
    variables.emplace_back("PERL_HASH_SEED", "0");
    const double all = instructions(work, variables, folder);
    const double begin = instructions(start, variables, folder);
    return all < 0 || begin < 0 ? -1.0 : all - begin;
  };
  const double plain = without_start("plain");
  const auto add = [&](const std::string &variant, bool again, double counted) {
    if (interrupted()) return;
    if (counted <= 0 || plain <= 0) {
      results.failures.push_back(
          {std::string(load.name), variant, "its instructions could not be counted by valgrind"});
      return;
    }
    const double ratio = counted / plain;
    // One count, which repeats to 1e-4: the interval is that, and no statistics.
    results.cells.push_back({std::string(load.name),
                             "",
                             "instructions",
                             variant,
                             "plain",
                             again,
                             counted,
                             counted - plain,
                             {ratio, {ratio * (1 - 1e-4), ratio * (1 + 1e-4)}, 1}});
  };
  add("plain", false, plain);
  for (const char *const depth : kDepths) add(depth, false, without_start(depth));
  add("plain", true, without_start("plain"));
}

}  // namespace

std::vector<Listed> agent_loads() {
  std::vector<Listed> all;
  all.reserve(kLoads.size());
  for (const Load &load : kLoads)
    all.push_back({std::string(load.name), std::string(load.about),
                   load.program.empty() || !path_of(load.program).empty()
                       ? ""
                       : fmt::format("{} is not installed", load.program)});
  return all;
}

void run_agent(const Request &request, const Progress &progress, Results &results) {
  std::vector<std::string> names;
  for (const Listed &one : agent_loads()) {
    if (one.missing.empty())
      names.push_back(one.name);
    else
      results.missing.push_back({one.name, "", one.missing});
  }
  const std::vector<std::string> chosen = selected(names, request, "load of --agent");
  const bool valgrind = !path_of("valgrind").empty();
  const bool heaptrack = !path_of("heaptrack").empty();
  if (!valgrind) results.missing.push_back({"memcheck", "", "the package valgrind brings it"});
  if (!heaptrack) results.missing.push_back({"heaptrack", "", "the package heaptrack brings it"});
  const double seconds = request.minutes * 60 / static_cast<double>(std::max<std::size_t>(1, chosen.size()));
  for (std::size_t done = 0; done < chosen.size() && !interrupted(); ++done) {
    const Load &load =
        *std::find_if(kLoads.begin(), kLoads.end(), [&](const Load &one) { return one.name == chosen[done]; });
    Series series;
    series.load = chosen[done];
    series.variants = {"plain"};
    if (only_starts(load)) series.variants.emplace_back("empty audit module");
    series.variants.insert(series.variants.end(), kDepths.begin(), kDepths.end());
    if (request.others && !only_starts(load)) {
      if (valgrind) series.variants.emplace_back("memcheck");
      if (heaptrack) series.variants.emplace_back("heaptrack");
      // A program of somebody else would have to be built again for ASan.
      if (!load.arguments.empty() && fs::exists(library_folder() / "bench/agent-load-asan"))
        series.variants.emplace_back("ASan");
    }
    series.run = [&](std::size_t index, std::uint64_t) {
      return run_load(load, series.variants[index], request.scale);
    };
    const auto tell = [&] { progress(chosen[done], done, chosen.size()); };
    const Samples samples =
        measure_series(series, {.rounds = request.rounds, .seconds = seconds, .seed = 1}, results, tell);
    const std::vector<Cell> cells = cells_of(series, samples);
    results.cells.insert(results.cells.end(), cells.begin(), cells.end());
    // Counting takes a minute for each, so it is not done by the way of a short run.
    if (!load.start.empty() && valgrind && request.scale >= 1 && load.name != "python" && !interrupted())
      count_instructions(load, results, tell);
  }
}

}  // namespace crossheap::bench
