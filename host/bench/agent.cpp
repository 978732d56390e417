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
#include "base/text.h"
#include "bench/process.h"
#include "bench/run.h"

namespace crossheap::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::array kDepths{"ownership", "sites", "stacks"};

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
    Load{"start of true", "a process that does nothing", "", 0, "true", "", "", ""},
};

// Debian's own first: what else stands in PATH may be a script that starts it.
std::string in_path(std::string_view command) {
  if (const fs::path own = fs::path("/usr/bin") / command; ::access(own.c_str(), X_OK) == 0) return own.string();
  const char *const path = std::getenv("PATH");
  for (const std::string_view folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    const fs::path file = fs::path(folder) / command;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file.string();
  }
  return "";
}

class Folder {
public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "crossheap-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw system_error(pattern, "cannot be made", errno, "set TMPDIR");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
  fs::path path_;
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
  std::vector<std::string> words{in_path(load.program)};
  if (!text.empty()) {
    words.emplace_back(load.program == "perl" ? "-e" : "-c");
    words.emplace_back(text);
  }
  return words;
}

std::vector<std::string> under(const std::string &variant, std::vector<std::string> command, const Folder &folder) {
  std::vector<std::string> before;
  if (std::find(kDepths.begin(), kDepths.end(), variant) != kDepths.end())
    before = {own_program(), "trace", "--depth", variant, "-o", folder.file("report.txt"), "--"};
  else if (variant == "memcheck")
    before = {in_path("valgrind"), "-q", "--log-file=/dev/null"};
  else if (variant == "heaptrack")
    before = {in_path("heaptrack"), "-o", folder.file("heaptrack")};
  else if (variant == "ASan")
    command.front() += "-asan";
  command.insert(command.begin(), before.begin(), before.end());
  return command;
}

std::variant<Sample, NoSample> run_load(const Load &load, const std::string &variant, double scale) {
  const Folder folder;
  Launch launch;
  launch.deadline = std::chrono::seconds(600);
  if (!load.environment.empty()) launch.environment.emplace_back(load.environment);
  if (load.arguments.empty()) {
    launch.command = program_words(load, load.text);
    if (variant == "empty audit module")
      launch.environment.push_back("LD_AUDIT=" + library_file("bench/empty-audit.so").string());
  } else {
    launch.command = {library_file("bench/agent-load").string()};
    for (const std::string_view word : split(load.arguments, ' ')) launch.command.emplace_back(word);
    const double count = static_cast<double>(load.count) * scale * part_of(variant);
    launch.command.push_back(std::to_string(std::max<std::uint64_t>(640, static_cast<std::uint64_t>(count))));
  }
  launch.command = under(variant, launch.command, folder);
  const Ended ended = run(launch);
  if (!ended.failure.empty()) return NoSample{ended.failure};
  if (load.arguments.empty())
    return Sample{
        {load.program == "true" ? "milliseconds" : "seconds", ended.seconds * (load.program == "true" ? 1000 : 1)}};
  // heaptrack speaks before and after it.
  for (const std::string_view line : split(ended.output, '\n')) {
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() != 2) continue;
    const double nanoseconds = std::strtod(std::string(fields[0]).c_str(), nullptr);
    const double memory = std::strtod(std::string(fields[1]).c_str(), nullptr);
    if (nanoseconds > 0 && memory > 0) return Sample{{"ns", nanoseconds}, {"own_kib", memory}};
  }
  return NoSample{"printed no figures"};
}

// What `crossheap env` would set, as "NAME=value".
std::vector<std::string> agent_environment(const std::string &depth, const std::string &program, const Folder &folder) {
  const Ended ended =
      run({.command = {own_program(), "env", "--depth", depth, "--log", folder.file("log-" + depth), program},
           .environment = {}});
  std::vector<std::string> variables;
  for (const std::string_view line : split(ended.output, '\n')) {
    std::string entry(line);
    entry.erase(std::remove(entry.begin(), entry.end(), '\''), entry.end());
    if (entry.find('=') != std::string::npos) variables.push_back(entry);
  }
  return variables;
}

// cachegrind's count of instructions; negative where it has none.
double instructions(const std::vector<std::string> &command, std::vector<std::string> environment,
                    const Folder &folder) {
  Launch launch;
  launch.deadline = std::chrono::seconds(600);
  launch.command = {in_path("valgrind"), "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
                    "--log-file=" + folder.file("counted")};
  launch.command.insert(launch.command.end(), command.begin(), command.end());
  launch.environment = std::move(environment);
  const Ended ended = run(launch);
  if (!ended.failure.empty()) return -1;
  std::ifstream stream(folder.file("counted"));
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
  const Folder folder;
  const std::vector<std::string> work = program_words(load, load.text);
  const std::vector<std::string> start = program_words(load, load.start);
  const auto without_start = [&](const std::string &variant) {
    progress();
    std::vector<std::string> environment;
    if (variant != "plain") environment = agent_environment(variant, work.front(), folder);
    if (variant != "plain" && environment.empty()) return -1.0;
    if (!load.environment.empty()) environment.emplace_back(load.environment);
    environment.emplace_back("PYTHONHASHSEED=0");
    environment.emplace_back("PERL_HASH_SEED=0");
    const double all = instructions(work, environment, folder);
    const double begin = instructions(start, environment, folder);
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
                   load.program.empty() || !in_path(load.program).empty()
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
  const bool valgrind = !in_path("valgrind").empty();
  const bool heaptrack = !in_path("heaptrack").empty();
  if (!valgrind) results.missing.push_back({"memcheck", "", "the package valgrind brings it"});
  if (!heaptrack) results.missing.push_back({"heaptrack", "", "the package heaptrack brings it"});
  const double seconds = request.minutes * 60 / static_cast<double>(std::max<std::size_t>(1, chosen.size()));
  for (std::size_t done = 0; done < chosen.size() && !interrupted(); ++done) {
    const Load &load =
        *std::find_if(kLoads.begin(), kLoads.end(), [&](const Load &one) { return one.name == chosen[done]; });
    Series series;
    series.load = chosen[done];
    series.variants = {"plain"};
    if (load.program == "true") series.variants.emplace_back("empty audit module");
    series.variants.insert(series.variants.end(), kDepths.begin(), kDepths.end());
    if (request.others && load.program != "true") {
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
