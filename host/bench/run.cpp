// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A workload says itself whose malloc served it; a row whose malloc was another's is a failure and no figure. A program
// of somebody else says nothing: for it the loader is asked once, before the first run (LD_DEBUG=bindings).
#include "bench/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/installation.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "bench/claims.h"
#include "bench/process.h"
#include "bench/programs.h"

namespace crossheap::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::array kByDefault{"glibc",    "jemalloc", "mimalloc", "mimalloc3",
                                "tcmalloc", "snmalloc", "scudo",    "tbbmalloc"};

const Program *program_named(std::string_view name) {
  for (const Program &program : programs())
    if (program.name == name) return &program;
  return nullptr;
}

// "--scale 0.5 --size 8-16" as words, with the scale multiplied.
std::vector<std::string> words_of(const std::string &arguments, double scale) {
  std::vector<std::string> words;
  bool scaled = false;
  for (const std::string_view word : split(arguments, ' '))
    if (!word.empty()) words.emplace_back(word);
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "--scale") {
      words[i + 1] = fmt::format("{:.9g}", std::strtod(words[i + 1].c_str(), nullptr) * scale);
      scaled = true;
    }
  if (!scaled) {
    words.emplace_back("--scale");
    words.push_back(fmt::format("{:.9g}", scale));
  }
  return words;
}

// Whether the object `malloc_of` is the one that the way says.
bool serves(const Way &way, const std::string &malloc_of) {
  const std::string name = fs::path(malloc_of).filename().string();
  return way.serves.empty() ? name.starts_with("libc.so") || name.starts_with("libc-") : name.starts_with(way.serves);
}

std::string served_by_another(const Way &way, const std::string &malloc_of) {
  return fmt::format("malloc was served by {} and not by {}", malloc_of.empty() ? "nobody known" : malloc_of, way.name);
}

std::variant<Sample, NoSample> sample_of(const Way &way, const measure::Ran &ran) {
  if (std::string failure = failure_of(ran); !failure.empty()) return NoSample{std::move(failure)};
  const auto line = nlohmann::json::parse(ran.output, nullptr, false);
  if (!line.is_object() || !line.contains("figures")) return NoSample{"printed no figures"};
  const std::string malloc_of = line.value("malloc", "");
  if (!serves(way, malloc_of)) return NoSample{served_by_another(way, malloc_of)};
  if (line.value("checked", 0.0) <= 0) return NoSample{"checked nothing"};
  Sample sample;
  for (const char *const name : {"seconds", "processor_seconds", "peak_kib", "end_kib"})
    sample[name] = line.value(name, std::nan(""));
  for (const auto &[name, value] : line["figures"].items())
    if (value.is_number()) sample[name] = value.get<double>();
  return sample;
}

std::variant<Sample, NoSample> run_workload(const std::string &load, const std::vector<std::string> &words,
                                            const Way &way, std::uint64_t seed) {
  std::vector<std::string> command{way.program.string(), load};
  command.insert(command.end(), words.begin(), words.end());
  command.insert(command.end(), {"--seed", std::to_string(seed)});
  measure::Launch launch = launch_of(std::move(command));
  launch.variables = way.variables;
  return sample_of(way, measure::run(launch));
}

measure::Ran run_script(const Program &program, const Way &way, unsigned percent, const measure::Variables &more) {
  const TemporaryFolder folder("bench");
  measure::Launch launch = launch_of({"/bin/sh", "-c", std::string(program.script)});
  launch.variables = way.variables;
  launch.variables.emplace_back("SCALE", std::to_string(percent));
  if (!program.environment.empty()) launch.variables.push_back(variable_of(program.environment));
  launch.variables.insert(launch.variables.end(), more.begin(), more.end());
  launch.directory = folder.path();
  return measure::run(launch);
}

// The object to which the loader bound malloc in the process that is `command`; "" where it bound none.
std::string bound_malloc(const fs::path &folder, std::string_view command) {
  std::string target;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder)) {
    std::ifstream stream(entry.path());
    bool is_command = false;
    std::string last;
    for (std::string line; std::getline(stream, line);) {
      const std::size_t at = line.find("binding file ");
      if (at == std::string::npos) continue;
      const std::string_view rest = std::string_view(line).substr(at + 13);
      const std::string_view from = rest.substr(0, rest.find(' '));
      is_command = is_command || fs::path(from).filename() == command;
      if (line.find("symbol `malloc'") == std::string::npos) continue;
      const std::size_t to = rest.find("] to ");
      if (to == std::string_view::npos) continue;
      last = rest.substr(to + 5, rest.find(" [", to + 5) - to - 5);
    }
    if (is_command && !last.empty()) target = last;
  }
  return target;
}

std::string why_not_served(const Program &program, const Way &way) {
  const TemporaryFolder folder("bench");
  const measure::Ran ran =
      run_script(program, way, 1,
                 {{"LD_DEBUG", "bindings"}, {"LD_DEBUG_OUTPUT", fmt::format("{}/bindings", folder.path().string())}});
  if (std::string failure = failure_of(ran); !failure.empty()) return failure;
  const std::string target = bound_malloc(folder.path(), program.command);
  return serves(way, target) ? "" : served_by_another(way, target);
}

std::variant<Sample, NoSample> run_program(const Program &program, const Way &way, double scale) {
  const auto percent = static_cast<unsigned>(std::max(1L, std::lround(scale * 100)));
  const measure::Ran ran = run_script(program, way, percent, {});
  if (std::string failure = failure_of(ran); !failure.empty()) return NoSample{std::move(failure)};
  if (ran.output != "right\n") return NoSample{"computed nonsense: " + printable_name(ran.output)};
  return Sample{{"seconds", ran.wall_seconds},
                {"processor_seconds", ran.user_seconds + ran.system_seconds},
                {"page_faults", ran.minor_faults + ran.major_faults},
                {"peak_kib", ran.peak_rss_bytes / 1024}};
}

std::vector<Listed> workloads_here() {
  const measure::Ran ran = measure::run(launch_of({library_file("bench/system").string(), "--list"}));
  if (const std::string failure = failure_of(ran); !failure.empty())
    throw Error(Blame::Work, "the program of the workloads", failure, "build it again");
  std::vector<Listed> all;
  for (const std::string_view line : split(ran.output, '\n')) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string_view::npos)
      all.push_back({std::string(line.substr(0, tab)), std::string(line.substr(tab + 1)), ""});
  }
  for (const Program &program : programs())
    all.push_back({std::string(program.name), std::string(program.about),
                   path_of(program.command).empty() ? fmt::format("the package {} brings it", program.package) : ""});
  return all;
}

std::vector<Way> ways_for(const Request &request, const Ways &ways) {
  std::vector<Way> chosen;
  if (request.allocators.empty()) {
    for (const char *const name : kByDefault)
      for (const Way &way : ways.here)
        if (way.name == name) chosen.push_back(way);
  } else {
    for (const std::string &typed : request.allocators)
      for (const std::string &entry : measure::split_list(typed)) {
        Way way = way_named(ways, entry);
        if (std::none_of(chosen.begin(), chosen.end(), [&](const Way &one) { return one.name == way.name; }))
          chosen.push_back(std::move(way));
      }
  }
  if (chosen.empty())
    throw Error(Blame::Usage, "--allocators", "names no allocator", "`crossheap bench --list` names them");
  return chosen;
}

void run_workloads(const Request &request, const Progress &progress, Results &results) {
  const Ways ways = ways_of_this_machine();
  const std::vector<Way> chosen = ways_for(request, ways);
  for (const Way &way : chosen) results.allocators.push_back({way.name, way.version, way.about});
  for (const Missing &missing : ways.missing) results.missing.push_back({missing.name, "", missing.reason});
  std::vector<std::string> names;
  for (const Listed &one : workloads_here()) {
    // It is the same as random-replacement but on a build with two allocators.
    const bool asked = !request.only.empty();
    if (!one.missing.empty() && !asked) results.missing.push_back({one.name, "", one.missing});
    if ((one.missing.empty() && one.name != "prefixed-replacement") || asked) names.push_back(one.name);
  }
  const std::vector<std::string> loads = selected(names, request, "workload");
  for (std::size_t done = 0; done < loads.size() && !interrupted(); ++done) {
    const Program *const program = program_named(loads[done]);
    if (program != nullptr && path_of(program->command).empty())
      throw Error(Blame::Work, loads[done], "is not installed",
                  fmt::format("the package {} brings it", program->package));
    std::vector<Way> of_load;
    for (const Way &way : chosen) {
      // The builds in C know one workload.
      const bool fits =
          program != nullptr ? !way.linked : !way.name.starts_with("c-") || loads[done] == "random-replacement";
      if (fits) of_load.push_back(way);
    }
    if (of_load.empty()) {
      results.failures.push_back(
          {loads[done], "", "none of the chosen allocators can run it: a linked one cannot be put into a program"});
      continue;
    }
    const Series series = series_of(loads[done], "", of_load, request.scale);
    const Effort effort{
        .rounds = request.rounds, .seconds = request.minutes * 60 / static_cast<double>(loads.size()), .seed = 1};
    const Samples samples = measure_series(series, effort, results, [&] { progress(loads[done], done, loads.size()); });
    const std::vector<Cell> cells = cells_of(series, samples);
    results.cells.insert(results.cells.end(), cells.begin(), cells.end());
  }
}

}  // namespace

std::vector<std::string> selected(const std::vector<std::string> &all, const Request &request, std::string_view what) {
  for (const std::string &glob : request.only)
    if (std::none_of(all.begin(), all.end(), [&](const std::string &name) { return matches_glob(glob, name); })) {
      const std::vector<std::string_view> names(all.begin(), all.end());
      const std::string_view near = nearest(glob, names);
      throw Error(Blame::Usage, glob, fmt::format("is no {}", what),
                  near.empty() ? "--list names them" : fmt::format("did you mean {}? --list names them all", near));
    }
  std::vector<std::string> chosen;
  std::uint32_t position = 0;
  for (const std::string &name : all) {
    const bool named =
        request.only.empty() || std::any_of(request.only.begin(), request.only.end(),
                                            [&](const std::string &glob) { return matches_glob(glob, name); });
    if (named && position++ % request.shard.count == request.shard.index - 1) chosen.push_back(name);
  }
  return chosen;
}

Series series_of(const std::string &load, const std::string &arguments, const std::vector<Way> &ways, double scale) {
  Series series;
  series.load = load;
  series.arguments = arguments;
  for (const Way &way : ways) series.variants.push_back(way.name);
  if (const Program *const program = program_named(load)) {
    const auto known = std::make_shared<std::map<std::size_t, std::string>>();
    series.run = [=](std::size_t index, std::uint64_t) -> std::variant<Sample, NoSample> {
      const auto [entry, is_new] = known->try_emplace(index);
      if (is_new) entry->second = why_not_served(*program, ways[index]);
      if (!entry->second.empty()) return NoSample{entry->second};
      return run_program(*program, ways[index], scale);
    };
    return series;
  }
  const std::vector<std::string> words = words_of(arguments, scale);
  series.run = [=](std::size_t index, std::uint64_t seed) { return run_workload(load, words, ways[index], seed); };
  return series;
}

void run_claims(const Request &request, const Progress &progress, Results &results) {
  const Ways ways = ways_of_this_machine();
  std::vector<std::string> ids;
  for (const ClaimRow &row : claim_table()) ids.emplace_back(row.id);
  const std::vector<std::string> chosen = selected(ids, request, "claim");
  const auto is_chosen = [&](const ClaimRow &row) {
    return std::find(chosen.begin(), chosen.end(), row.id) != chosen.end();
  };

  // A group is a load with all the ways that some part compares, so that one series answers several parts.
  struct Group {
    std::string load;
    std::string arguments;
    std::vector<std::string> names;
  };
  std::vector<Group> groups;
  std::vector<std::string> providers;
  for (const ClaimRow &row : claim_table()) {
    if (!is_chosen(row)) continue;
    for (const ClaimPart &part : row.parts) {
      if (part.load.starts_with("abi ")) {
        const std::string provider(part.load.substr(4, part.load.find(',') - 4));
        if (std::find(providers.begin(), providers.end(), provider) == providers.end()) providers.push_back(provider);
        continue;
      }
      auto group = std::find_if(groups.begin(), groups.end(), [&](const Group &one) {
        return one.load == part.load && one.arguments == part.arguments;
      });
      if (group == groups.end())
        group = groups.insert(groups.end(), {std::string(part.load), std::string(part.arguments), {}});
      for (const std::string_view name : {part.base, part.of})
        if (std::find(group->names.begin(), group->names.end(), name) == group->names.end())
          group->names.emplace_back(name);
    }
  }

  struct Measured {
    Series series;
    Samples samples;
  };
  std::vector<Measured> measured;
  const std::size_t all = groups.size() + providers.size();
  std::size_t done = 0;
  // The programs of the ABI take a third as long as a series may.
  const double seconds = request.minutes * 60 / static_cast<double>(std::max<std::size_t>(1, all));
  for (const Group &group : groups) {
    if (interrupted()) break;
    std::vector<Way> of_group;
    for (const std::string &name : group.names) {
      const auto way =
          std::find_if(ways.here.begin(), ways.here.end(), [&](const Way &one) { return one.name == name; });
      if (way == ways.here.end()) continue;
      of_group.push_back(*way);
      if (std::none_of(results.allocators.begin(), results.allocators.end(),
                       [&](const Used &one) { return one.name == name; }))
        results.allocators.push_back({way->name, way->version, way->about});
    }
    Measured one;
    if (!of_group.empty()) {
      one.series = series_of(group.load, group.arguments, of_group, request.scale);
      one.samples = measure_series(one.series, {.rounds = request.rounds, .seconds = seconds, .seed = 1}, results,
                                   [&] { progress(group.load, done, all); });
      const std::vector<Cell> cells = cells_of(one.series, one.samples);
      results.cells.insert(results.cells.end(), cells.begin(), cells.end());
    }
    one.series.load = group.load;
    one.series.arguments = group.arguments;
    measured.push_back(std::move(one));
    ++done;
  }
  const std::vector<std::string> here = abi_providers();
  for (const std::string &provider : providers) {
    if (interrupted()) break;
    const auto rounds = static_cast<std::uint32_t>(std::max(7L, std::lround(100 * request.scale)));
    if (std::find(here.begin(), here.end(), provider) != here.end())
      measure_abi(provider, 3, rounds, results, [&] { progress("abi " + provider, done, all); });
    ++done;
  }

  const auto answer = [&](const ClaimPart &asked) {
    Part part{.says = std::string(asked.says),
              .load = std::string(asked.load),
              .arguments = std::string(asked.arguments),
              .metric = std::string(asked.metric),
              .of = std::string(asked.of),
              .base = std::string(asked.base),
              .wanted = range_in_words(asked.low, asked.high),
              .ratio = {},
              .same = {},
              .answer = Answer::CannotTell,
              .why = {}};
    if (part.load.starts_with("abi ")) {
      const std::string load = part.load.substr(4);
      const auto cell = [&](const std::string &variant, bool again) -> const Cell * {
        for (const Cell &one : results.cells)
          if (one.load == load && one.variant == variant && one.again == again) return &one;
        return nullptr;
      };
      const Cell *const of = cell(part.of, false);
      const Cell *const base = cell(part.base, false);
      const Cell *const again = of == nullptr ? nullptr : cell(of->base, true);
      if (of == nullptr || base == nullptr || again == nullptr) {
        part.why = "it was not measured";
        return part;
      }
      part.same = again->ratio;
      if (of->base == part.base) {
        part.ratio = of->ratio;
      } else if (base->base == part.of) {
        // Upside down.
        part.ratio = {
            1 / base->ratio.value, {1 / base->ratio.interval.high, 1 / base->ratio.interval.low}, base->ratio.rounds};
      } else {
        // Both next to a third: the widest that the two intervals allow.
        part.ratio = {
            of->ratio.value / base->ratio.value,
            {of->ratio.interval.low / base->ratio.interval.high, of->ratio.interval.high / base->ratio.interval.low},
            std::min(of->ratio.rounds, base->ratio.rounds)};
      }
    } else {
      for (const Measured &one : measured)
        if (one.series.load == part.load && one.series.arguments == part.arguments && !one.samples.empty()) {
          const Pair pair = pair_of(one.series, one.samples, part.metric, part.of, part.base);
          part.ratio = pair.ratio;
          part.same = pair.same;
        }
    }
    if (part.ratio.rounds == 0) {
      for (const std::string &name : {part.of, part.base}) {
        for (const Missing &missing : ways.missing)
          if (missing.name == name) part.why = fmt::format("{} is not here; {}", name, missing.reason);
        for (const Failure &failure : results.failures)
          if (failure.load == part.load && failure.variant == name)
            part.why = fmt::format("{} {}", name, failure.reason);
      }
      if (part.why.empty()) part.why = interrupted() ? "it was interrupted" : "it was not measured";
      return part;
    }
    part.answer = answer_of(part.ratio, part.same, asked.low, asked.high);
    return part;
  };
  for (const ClaimRow &row : claim_table()) {
    if (!is_chosen(row)) continue;
    Claim claim{std::string(row.id), std::string(row.text), std::string(row.source), {}, Answer::CannotTell};
    for (const ClaimPart &part : row.parts) claim.parts.push_back(answer(part));
    claim.answer = answer_of(claim.parts);
    results.claims.push_back(std::move(claim));
  }
}

Results run(const Request &request, const Progress &progress) {
  Results results;
  results.kind = request.kind;
  results.machine = measure::this_machine();
  results.scale = request.scale;
  results.rounds = request.rounds;
  results.shard = request.shard;
  results.selection = fmt::format("{}; {}", fmt::join(request.only, ","), fmt::join(request.allocators, ","));
  const auto began = std::chrono::steady_clock::now();
  switch (request.kind) {
    case Kind::Workloads:
      run_workloads(request, progress, results);
      break;
    case Kind::Claims:
      run_claims(request, progress, results);
      break;
    case Kind::Abi:
      run_abi(request, progress, results);
      break;
    case Kind::Agent:
      run_agent(request, progress, results);
      break;
  }
  results.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  results.load_after = measure::this_machine().load;
  results.interrupted = interrupted();
  return results;
}

Lists lists(Kind kind) {
  Lists all;
  switch (kind) {
    case Kind::Workloads:
      all.loads = workloads_here();
      break;
    case Kind::Claims:
      for (const ClaimRow &row : claim_table()) all.loads.push_back({std::string(row.id), std::string(row.text), ""});
      break;
    case Kind::Abi:
      for (const std::string &provider : abi_providers())
        all.loads.push_back({provider, "the allocation ABI on it", ""});
      break;
    case Kind::Agent:
      all.loads = agent_loads();
      break;
  }
  const Ways ways = ways_of_this_machine();
  for (const Way &way : ways.here)
    all.allocators.push_back(
        {way.name, fmt::format("{}{}{}", way.version, way.version.empty() ? "" : ", ", way.about), ""});
  for (const Missing &missing : ways.missing) all.allocators.push_back({missing.name, "", missing.reason});
  return all;
}

}  // namespace crossheap::bench
