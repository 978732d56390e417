// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap check: the verdict on a plugin.
//
// From the words of the command line to a request (check/check.h): which profiles, by name or by what the plugin
// exports; which allocators, with those that the profiles add; which shard. Every file that is read or written is
// opened before the first process runs: a wrong path must not cost the minutes of a check.
//
// The exit status asks in this order: was it interrupted, are there findings, did a cell go wrong without one, were
// calls of a contract not made, was anything decided at all?
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "check/baseline.h"
#include "check/check.h"
#include "check/expectation.h"
#include "check/merge.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/pinned.h"
#include "cli/stop_on_signal.h"
#include "elf/source.h"
#include "report/check_report.h"
#include "report/untrusted_json.h"
#include "trace/program.h"

namespace crossheap::cli {

namespace fs = std::filesystem;

namespace {

struct CheckOptions {
  std::string plugin;
  std::vector<std::string> profiles;
  std::vector<std::string> allocators;
  std::vector<std::string> with;
  std::string drive;
  std::string contract;
  std::string expect;
  std::string write_expect;
  std::string baseline;
  std::string shard = "1/1";
  Level fail_on = Level::Warning;
  bool static_only = false;
  bool list_profiles = false;
  unsigned jobs = 0;
  FormatOptions reports;
};

fs::path plugin_file(const std::string &plugin) {
  std::error_code failed;
  if (!fs::exists(plugin, failed)) throw Error(Blame::Usage, plugin, "is not there", "check the path of the plugin");
  return fs::absolute(plugin).lexically_normal();
}

bool is_profile_file(const std::string &name) {
  return name.find('/') != std::string::npos || fs::path(name).extension() == ".toml";
}

const profile::Profile &profile_named(const std::vector<profile::Profile> &profiles, const std::string &name) {
  for (const profile::Profile &one : profiles)
    if (one.name == name) return one;
  std::vector<std::string_view> names{"all", "auto"};
  for (const profile::Profile &one : profiles) names.emplace_back(one.name);
  const std::string_view near = nearest(name, names);
  throw Error(Blame::Usage, name, "is no profile",
              near.empty() ? "see `crossheap check --list-profiles`, or give a file of your own"
                           : fmt::format("did you mean '{}'?", near));
}

/// The profile of the user's own command: it opens the plugin as it likes.
check::Chosen driven_by(const std::string &words, const profile::Appearance &plugin) {
  check::Chosen chosen;
  chosen.profile.name = "drive";
  chosen.profile.about = "your own command";
  chosen.profile.flags = "those of the command";
  chosen.profile.modes = {find_load_mode("local")};
  chosen.profile.source = "the command line";
  profile::Drive drive;
  const auto braced = [](std::string_view word) {
    std::string text;
    for (const char c : word) text += c == '{' ? "{{" : std::string(1, c);
    return text;
  };
  for (const std::string_view word : split(words, kDriveSeparator)) drive.with.arguments.push_back(braced(word));
  const std::string command(split(words, kDriveSeparator).front());
  drive.programs = {fs::absolute(trace::find_program(command)).lexically_normal().string()};
  drive.with.arguments.erase(drive.with.arguments.begin());
  drive.package = "your own";
  drive.deadline = std::chrono::seconds(60);
  drive.network = true;
  drive.own_test = true;
  chosen.profile.drive = drive;
  chosen.match.words.plugin = plugin.file.string();
  chosen.by_name = true;
  return chosen;
}

std::vector<check::Chosen> choose(const CheckOptions &options, const profile::Appearance &plugin) {
  std::vector<check::Chosen> chosen;
  if (!options.drive.empty()) {
    if (!options.profiles.empty())
      throw Error(Blame::Usage, "--drive", "opens the plugin as your command does, so no profile is asked",
                  "leave --profile away");
    return {driven_by(options.drive, plugin)};
  }
  const std::vector<profile::Profile> profiles = profile::read_profiles();
  const auto add = [&](const profile::Profile &profile, bool by_name, bool only_if_it_matches) {
    for (const check::Chosen &one : chosen)
      if (one.profile.name == profile.name) return;
    check::Chosen one{profile, profile::match(profile, plugin), by_name};
    if (!one.match.matches && only_if_it_matches) return;
    if (profile.name == "generic") one.match.matches = true;
    chosen.push_back(std::move(one));
  };
  std::vector<std::string> names = options.profiles;
  if (names.empty()) names.emplace_back("auto");
  for (const std::string &name : names) {
    if (name == "all") {
      for (const profile::Profile &profile : profiles) add(profile, false, false);
    } else if (name == "auto") {
      for (const profile::Profile &profile : profiles) add(profile, false, true);
      if (chosen.empty()) add(profile_named(profiles, "generic"), true, false);
    } else if (is_profile_file(name)) {
      add(profile::read_profile(name), true, false);
    } else {
      add(profile_named(profiles, name), true, false);
    }
  }
  return chosen;
}

std::vector<check::Allocator> choose_allocators(const CheckOptions &options, const std::vector<check::Chosen> &chosen) {
  std::vector<check::Allocator> usual = check::usual_allocators();
  for (const check::Chosen &one : chosen)
    for (const profile::Preload &preload : one.profile.allocators) {
      const bool known =
          std::any_of(usual.begin(), usual.end(), [&](const check::Allocator &a) { return a.name == preload.name; });
      if (!known) usual.push_back(check::allocator_named(preload.name, preload.library));
    }
  if (options.allocators.empty()) return usual;
  std::vector<check::Allocator> allocators;
  for (const std::string &list : options.allocators)
    for (const std::string_view word : split(list, ',')) {
      const std::string name(word == "system" ? "as-installed" : word);
      if (name.empty())
        throw Error(Blame::Usage, "--allocators", "has a name that is empty", "give names with one comma between them");
      if (name.find('/') != std::string::npos) {
        allocators.push_back({fs::path(name).filename().string(), plugin_file(name).string(), {}});
        open_elf_file(name);
        continue;
      }
      const auto known =
          std::find_if(usual.begin(), usual.end(), [&](const check::Allocator &one) { return one.name == name; });
      if (known == usual.end()) {
        std::vector<std::string> names;
        names.reserve(usual.size());
        for (const check::Allocator &one : usual) names.push_back(one.name);
        throw Error(Blame::Usage, name, "is no allocator that a check knows",
                    fmt::format("use {}, or the path of a library", fmt::join(names, ", ")));
      }
      if (std::none_of(allocators.begin(), allocators.end(), [&](const auto &one) { return one.name == name; }))
        allocators.push_back(*known);
    }
  return allocators;
}

int list_profiles(const CheckOptions &options) {
  Reports reports(options.reports, std::cout);
  const std::vector<profile::Profile> profiles = profile::read_profiles();
  report::Document document;
  document.verb = "check";
  document.text = report::profiles_text(profiles);
  document.facts = report::profiles_json(profiles);
  reports.write(document);
  reports.finish();
  return kClean;
}

int exit_status(const check::Check &check, Level fail_on) {
  if (check.interrupted) return kInterrupted;
  if (check::has_findings(check, fail_on)) return kFindings;
  // What is wrong without a hazard of the catalogue; where its findings are known, a cell may be unsafe.
  for (const check::Cell &cell : check.cells) {
    if (cell.verdict == check::Verdict::NotOpened) return kFindings;
    if (cell.verdict == check::Verdict::Unsafe && cell.findings.empty()) return kFindings;
  }
  // The calls of a contract that were not made are no result, however well the other cells did.
  const bool uncalled = std::any_of(check.cells.begin(), check.cells.end(), [](const check::Cell &cell) {
    return cell.verdict == check::Verdict::NotTried &&
           std::any_of(cell.evidence.begin(), cell.evidence.end(), [](const check::Evidence &one) {
             return one.stage == check::Stage::Calls && one.state == check::State::NotTried;
           });
  });
  if (uncalled) return kCouldNot;
  const bool decided = std::any_of(check.cells.begin(), check.cells.end(), [](const check::Cell &cell) {
    return cell.verdict == check::Verdict::Safe || cell.verdict == check::Verdict::Unsafe;
  });
  // A shard may have no profile at all.
  if (decided || check.cells.empty()) return kClean;
  const bool looked = std::any_of(check.cells.begin(), check.cells.end(), [](const check::Cell &cell) {
    return std::any_of(cell.evidence.begin(), cell.evidence.end(),
                       [](const check::Evidence &one) { return one.state != check::State::NotTried; });
  });
  return check.static_only && looked ? kClean : kCouldNot;
}

int run_check(const CheckOptions &options) {
  if (options.list_profiles) return list_profiles(options);
  if (options.plugin.empty())
    throw Error(Blame::Usage, "check", "has no plugin to look at",
                options.drive.empty() ? "give a PLUGIN, or --list-profiles"
                                      : "give a PLUGIN before --drive: all words behind it are its command");
  if (::access("/proc/self/exe", F_OK) != 0)
    throw Error(Blame::Work, "/proc", "is not mounted, and a check reads it of each process that it runs",
                "mount it: mount -t proc proc /proc");
  elf::guard_against_truncation();
  check::Request request;
  request.plugin = plugin_file(options.plugin);
  open_elf_file(options.plugin);
  for (const std::string &other : options.with) request.with.push_back(plugin_file(other));
  request.profiles = choose(options, profile::appearance_of(request.plugin));
  request.allocators = choose_allocators(options, request.profiles);
  request.static_only = options.static_only;
  request.shard = matrix::parse_shard(options.shard);
  if (request.shard.count > 1 && !(options.expect.empty() && options.write_expect.empty() && options.baseline.empty()))
    throw Error(Blame::Usage, "--shard", "looks at a part, and a pinned verdict is of the whole",
                "leave --expect, --write-expect and --baseline away");
  if (!options.contract.empty()) {
    if (options.static_only)
      throw Error(Blame::Usage, "--contract", "names functions to call, and --static calls none",
                  "leave one of them away");
    request.contract = options.contract;
  }
  request.jobs = options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  std::optional<check::Expectations> expectations;
  if (!options.expect.empty()) {
    std::ifstream stream = opened(options.expect, kMadeByWriteExpect);
    expectations = check::read_expectations(stream, options.expect);
  }
  std::optional<check::Baseline> baseline;
  if (!options.baseline.empty()) {
    constexpr std::string_view kNextStep = "save one with `crossheap check ... -o FILE.json`";
    std::ifstream stream = opened(options.baseline, kNextStep);
    baseline = check::read_baseline(report::read_untrusted_json(stream, options.baseline, kNextStep), options.baseline);
  }
  Reports reports(options.reports, std::cout);
  std::optional<Output> pinned;
  if (!options.write_expect.empty()) pinned.emplace(options.write_expect, "--write-expect");

  sandbox::Supervisor supervisor(request.jobs);
  check::Check result;
  {
    TerminalProgress progress;
    const StopOnSignal stops(supervisor);
    result = check::check(request, supervisor, [&](std::string_view doing, std::uint64_t done, std::uint64_t of) {
      progress.show(doing, done, of);
    });
  }
  for (const std::string &sentence : result.unconfined) complain("crossheap: {}\n", sentence);
  if (baseline) check::accept(result, *baseline);
  reports.write(report::document_of(result));
  reports.finish();
  if (pinned && !result.interrupted) {
    check::write_expectations(pinned->stream(), result);
    pinned->finish();
    return kClean;
  }
  if (expectations && !result.interrupted) {
    std::vector<Difference> differences;
    for (check::Change &one : check::compare(result, *expectations))
      differences.push_back({std::move(one.cell), std::move(one.expected), std::move(one.got)});
    return report_differences(differences, {.noun = "cell", .took_part = "looked at", .look = ""}, options.expect);
  }
  return exit_status(result, options.fail_on);
}

}  // namespace

int merge_check(const std::vector<std::string> &files, const FormatOptions &formats) {
  std::vector<check::NamedCheck> parts;
  for (const std::string &file : files) {
    std::ifstream stream = opened(file, kMadeByJson);
    parts.push_back({file, report::read_check_json(stream, file)});
  }
  const check::Check whole = check::merge(std::move(parts));
  Reports reports(formats, std::cout);
  reports.write(report::document_of(whole));
  reports.finish();
  return exit_status(whole, Level::Warning);
}

void add_check(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App *command = app.add_subcommand(
      "check", "The verdict on a plugin: in which hosts, load modes and on which allocators it is safe, and why not");
  command->add_option("PLUGIN", options->plugin, "The shared object that hosts open")->type_name("");
  command
      ->add_option("--profile", options->profiles,
                   "A kind of host: a name, a TOML file, 'all', or 'auto', which chooses by what the plugin exports "
                   "[auto]; may be given several times")
      ->allow_extra_args(false)
      ->type_name("NAME|FILE");
  command->add_flag("--list-profiles", options->list_profiles,
                    "List the known hosts, the sources of that knowledge, and which hosts are installed here");
  command
      ->add_option("--allocators", options->allocators,
                   "The malloc of the host: as-installed, jemalloc, mimalloc, tcmalloc, or the path of a library; "
                   "several with commas [all of them]")
      ->allow_extra_args(false)
      ->type_name("LIST");
  command->add_flag("--static", options->static_only, "Read files only and run nothing, as for untrusted plugins");
  command->add_option("--with", options->with, "Another plugin in the same process; may be given several times")
      ->allow_extra_args(false)
      ->type_name("PLUGIN");
  command
      ->add_option("--contract", options->contract,
                   "Functions of the plugin to call, and who owns what passes; `crossheap contract draft` writes one")
      ->type_name("FILE");
  command
      ->add_option("--drive", options->drive,
                   "Your own test program, which opens the plugin: it runs confined, under the agent, on each "
                   "allocator. Every word after --drive belongs to its command")
      ->type_name("CMD...");
  command->add_option("--expect", options->expect, "Fail if a verdict is better or worse than this file says")
      ->type_name("FILE");
  command->add_option("--write-expect", options->write_expect, "Write a file for --expect")->type_name("FILE");
  command->add_option("--baseline", options->baseline, "A saved JSON result; the findings in it do not fail the check")
      ->type_name("FILE");
  command->add_option("--fail-on", options->fail_on, "The least bad finding that makes the exit status 1 [warning]")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Level>{{"error", Level::Error}, {"warning", Level::Warning}, {"note", Level::Note}}))
      ->option_text("error|warning|note");
  command
      ->add_option("--shard", options->shard,
                   "Look at part I of N of the profiles; `crossheap merge` puts the parts together")
      ->type_name("I/N");
  command->add_option("--jobs", options->jobs, "Processes at a time [as many as there are processors]")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  add_format_options(*command, options->reports);
  command->callback([options, &chosen] { chosen = [options] { return run_check(*options); }; });
}

}  // namespace crossheap::cli
