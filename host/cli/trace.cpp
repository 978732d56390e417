// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap trace: any program, watched; crossheap env: the same for programs that others start.
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <iostream>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "base/tunables.h"
#include "cli/command.h"
#include "cli/input.h"
#include "event/log_file.h"
#include "report/trace_report.h"
#include "trace/launch.h"
#include "trace/program.h"
#include "trace/suppression.h"
#include "trace/trace.h"

namespace crossheap::cli {

namespace {

struct WatchOptions {
  event::Depth depth = event::Depth::Stacks;
  CLI::Option *depth_option = nullptr;
  event::OnCrossing on_crossing = event::OnCrossing::Report;
  bool follow_children = true;
  bool api_mismatch = false;
  std::uint32_t frames = 24;
  std::string log_group;
};

struct TraceOptions {
  WatchOptions watch;
  FormatOptions reports;
  std::vector<std::string> suppressions;
  bool gen_suppressions = false;
  int error_exitcode = 0;
  bool wait = false;
  std::string read;
  std::vector<std::string> command;
};

struct EnvOptions {
  WatchOptions watch;
  std::string log;
  std::string program;
};

void add_watch_options(CLI::App &command, WatchOptions &options) {
  options.depth_option = add_depth_option(command, options.depth);
  command
      .add_option("--on-crossing", options.on_crossing,
                  "On a crossing: report it and do what the program asked (report), stop the program (abort), or hand "
                  "the block to its owner (route)")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, event::OnCrossing>{{"report", event::OnCrossing::Report},
                                                                           {"abort", event::OnCrossing::Abort},
                                                                           {"route", event::OnCrossing::Route}}))
      ->option_text("report|abort|route [report]");
  command.add_flag("--follow-children,!--no-follow-children", options.follow_children,
                   "Also watch the programs that it starts [on]");
  command.add_flag("--api-mismatch", options.api_mismatch,
                   "Also report pairs such as new/free on one heap (depth sites or stacks)");
  command
      .add_option("--log-group", options.log_group,
                  "A group whose processes may also write to the log, for programs that change their user [none]")
      ->type_name("GROUP");
  command.add_option("--frames", options.frames, "Frames of a backtrace")
      ->check(CLI::Range(1u, static_cast<unsigned>(event::kMaxFrames)))
      ->capture_default_str();
}

// Who routes wants a program that goes on, at the smallest cost. Misuse of one heap is not known at that depth.
event::Depth depth_of(const WatchOptions &options) {
  if (options.depth_option->count() != 0) return options.depth;
  if (options.api_mismatch) return event::Depth::Stacks;
  return options.on_crossing == event::OnCrossing::Route ? event::Depth::Auto : options.depth;
}

event::Settings settings(const WatchOptions &options) {
  return {.depth = depth_of(options),
          .on_crossing = options.on_crossing,
          .follow_children = options.follow_children,
          .api_mismatch = options.api_mismatch,
          .frames = options.frames,
          .user_static_tls = static_tls_in(trace::own_variables().tunables)};
}

std::optional<gid_t> group_named(const std::string &name) {
  if (name.empty()) return std::nullopt;
  if (const group *const found = ::getgrnam(name.c_str())) return found->gr_gid;
  gid_t number = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failed == std::errc{} && end == name.data() + name.size()) return number;
  throw Error(Blame::Usage, name, "is no group of this system", "give --log-group a name that `getent group` shows");
}

std::vector<trace::Suppression> suppressions_from(const std::vector<std::string> &files) {
  std::vector<trace::Suppression> all;
  for (const std::string &file : files) {
    std::ifstream stream = opened(file);
    for (trace::Suppression &one : trace::read_suppressions(stream, file)) all.push_back(std::move(one));
  }
  return all;
}

int exit_status(const trace::Ending &ending) {
  if (const auto *exited = std::get_if<trace::Exited>(&ending)) return exited->status;
  return 128 + std::get<trace::Killed>(ending).signal;
}

struct Traced {
  event::Log log;
  std::optional<trace::Run> run;
  std::optional<std::string> not_traceable;
  std::vector<trace::Running> running;
};

Traced trace_command(const TraceOptions &options) {
  const std::filesystem::path program = trace::find_program(options.command.front());
  const trace::Started started = trace::behind_loader(program, options.command);
  std::optional<std::string> reason = trace::why_not_traceable(started.program);
  const std::filesystem::path agent = trace::find_agent();
  // What it starts gets what that needs, by the agent, when it is about to be executed.
  const trace::StaticTls static_tls = trace::static_tls_of(started);
  if (!reason && static_tls.too_wide) reason = std::string(trace::kWideTls);
  // From here until its path is gone again no signal ends us, but for while the program runs, to which it is passed on.
  const trace::SignalsHeld held;
  event::LogFile log = event::create_log(settings(options.watch), group_named(options.watch.log_group));
  // A program that would not start with the agent starts without it.
  const trace::Variables variables =
      static_tls.too_wide ? trace::Variables()
                          : trace::agent_environment(agent, log.path(), static_tls.bytes, trace::own_variables());
  trace::Run run = trace::run(program, options.command, variables);
  // Daemons go on writing, and start programs that look for the log.
  if (options.wait) trace::wait_for_processes_with_log(log.fd());
  std::vector<trace::Running> running = trace::processes_with_log(log.fd());
  log.remove_path();
  return {event::read_log_file(log.fd(), log.path().string()), run, std::move(reason), std::move(running)};
}

Traced read_command(const std::string &file) {
  const OwnedFd fd(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) throw system_error(file, "cannot be read", errno, "give the file that `crossheap env --log` made");
  return {event::read_log_file(fd.get(), file), std::nullopt, std::nullopt, trace::processes_with_log(fd.get())};
}

int run_trace(const TraceOptions &options) {
  const std::vector<trace::Suppression> suppressions = suppressions_from(options.suppressions);
  // The program's own output is on standard output: a report without a file goes to standard error. Opened before the
  // program runs: a report that cannot be written is no use.
  const bool is_text = wanted_reports(options.reports).back().format == &report::text_format();
  std::ostream &stream = options.read.empty() || is_text ? std::cerr : std::cout;
  Reports reports(options.reports, stream);
  const Traced traced = options.read.empty() ? trace_command(options) : read_command(options.read);
  trace::Trace result = trace::understand(traced.log, traced.run);
  trace::add_running(result, traced.running);
  if (traced.not_traceable)
    result.unwatched.push_back({options.command.front(), {}, *traced.not_traceable, true});
  else if (traced.run && result.processes.empty())
    result.unwatched.push_back({options.command.front(), {}, "the loader did not take the agent", true});
  trace::suppress(result, suppressions);
  report::Document document = report::document_of(result);
  if (options.gen_suppressions) {
    std::string suggestions;
    for (const trace::Incident &incident : result.incidents) suggestions += trace::suggest(incident);
    if (reports.any_in(report::text_format()))
      document.text += suggestions;
    else
      std::cerr << suggestions;
  }
  reports.write(document);
  reports.finish();
  if (options.error_exitcode != 0 && !result.incidents.empty()) return options.error_exitcode;
  if (traced.run) return exit_status(traced.run->ending);
  return result.incidents.empty() ? kClean : kFindings;
}

int run_env(const EnvOptions &options) {
  const std::filesystem::path agent = trace::find_agent();
  const event::LogFile log =
      event::create_log_at(options.log, settings(options.watch), group_named(options.watch.log_group));
  const std::uint64_t static_tls = options.program.empty()
                                       ? trace::static_tls_of_any_library()
                                       : trace::static_tls_of_program(trace::find_program(options.program));
  for (const auto &[name, value] : trace::agent_environment(agent, log.path(), static_tls, trace::own_variables()))
    fmt::print("{}={}\n", name, shell_quoted(value));
  return kClean;
}

}  // namespace

void add_trace(CLI::App &app, Work &chosen) {
  CLI::App *const command = app.add_subcommand(
      "trace", "Run a program and report every heap block that is released to an allocator that does not own it.");
  auto options = std::make_shared<TraceOptions>();
  add_watch_options(*command, options->watch);
  options->watch.depth_option->option_text("auto|ownership|sites|stacks [stacks; auto with --on-crossing route]");
  add_format_options(*command, options->reports, "standard error; with --read, standard output for all but text");
  command
      ->add_option("--suppressions", options->suppressions,
                   "Findings that are not reported; may be given several times")
      ->type_name("FILE");
  command->add_flag("--gen-suppressions", options->gen_suppressions, "Print a suppression for each finding");
  command
      ->add_option("--error-exitcode", options->error_exitcode, "Exit status when there was a finding [the program's]")
      ->type_name("N");
  command->add_flag(
      "--wait", options->wait,
      "Write the report when the last process that the program left behind (a daemon) has ended; without it "
      "the report says which still run");
  command->add_option("--read", options->read, "Report on a log from `crossheap env`, and run nothing")
      ->type_name("FILE");
  command->add_option("command", options->command, "The program and its arguments")->type_name("PROGRAM ARGS...");
  command->positionals_at_end();
  command->footer("Exit status: that of the program (128 and the signal's number where a signal killed it).");
  command->callback([options, &chosen] {
    if (options->command.empty() == options->read.empty())
      throw CLI::ValidationError("trace", "give a program to run, or a log to --read, and not both");
    chosen = [options] { return run_trace(*options); };
  });
}

void add_env(CLI::App &app, Work &chosen) {
  CLI::App *const command = app.add_subcommand(
      "env", "Print the environment variables that put the agent into a program someone else starts.");
  auto options = std::make_shared<EnvOptions>();
  options->watch.depth = event::Depth::Auto;
  add_watch_options(*command, options->watch);
  command->add_option("--log", options->log, "The log to make; read it with `crossheap trace --read FILE`")
      ->type_name("FILE")
      ->required();
  command->add_option("program", options->program,
                      "The program; without it, the variables reserve static TLS for any program");
  command->callback([options, &chosen] { chosen = [options] { return run_env(*options); }; });
}

}  // namespace crossheap::cli
