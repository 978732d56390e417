// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap bind: who gets whose malloc, predicted from files, checked against the real loader, or read from a process
// or from what a crashed one left.
#include <fmt/format.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "binding/crossings.h"
#include "binding/modes.h"
#include "cli/command.h"
#include "elf/source.h"
#include "observe/core_dump.h"
#include "observe/crash.h"
#include "observe/live_process.h"
#include "observe/observe.h"
#include "report/bind_report.h"
#include "sandbox/sandbox.h"
#include "trace/program.h"

namespace crossheap::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kOrdersAtMost = 120;  // five plugins

struct BindOptions {
  std::string plugin;
  std::string host;
  std::vector<std::string> preloads;
  std::vector<std::string> modes;
  std::vector<std::string> after;
  bool all_orders = false;
  std::string library_path;
  std::string sysroot;
  bool observe = false;
  bool references = false;
  bool all_symbols = false;
  pid_t pid = 0;
  std::string core;
  bool reads_process() const { return pid != 0 || !core.empty(); }
  FormatOptions reports;
};

// A file as the user means it: in the current directory before the library folders. One that is no ELF file is named
// here, before the loader's way of passing it over would call it not found.
std::string as_given_to_dlopen(const std::string &plugin) {
  std::error_code failed;
  if (fs::exists(plugin, failed)) {
    open_elf_file(plugin);
    return fs::absolute(plugin).lexically_normal().string();
  }
  if (plugin.find('/') == std::string::npos) return plugin;
  throw Error(Blame::Usage, plugin, "is not there", "check the path of the plugin");
}

std::uint64_t thread_local_bytes(const std::vector<binding::Object> &objects) {
  std::uint64_t bytes = 0;
  for (const binding::Object &object : objects)
    if (const auto storage = object.file->elf_file.thread_local_storage()) bytes += storage->size + storage->align;
  return bytes;
}

// A plugin that is opened, and how: in the mode under examination, or in one of its own.
struct Plugin {
  std::string file;
  std::optional<binding::OpenMode> mode;
  bool operator<(const Plugin &other) const { return file < other.file; }
};

// "MODE:PLUGIN" or "PLUGIN".
Plugin plugin_named(const std::string &text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos)
    if (const auto mode = binding::open_mode_named(text.substr(0, colon)))
      return {as_given_to_dlopen(text.substr(colon + 1)), mode};
  return {as_given_to_dlopen(text), std::nullopt};
}

class Binder {
public:
  explicit Binder(const BindOptions &options)
      : options_(options),
        files_(options.all_symbols ? binding::is_any_symbol : binding::is_of_malloc_family),
        host_(options.reads_process() ? fs::path()
              : options.host.empty()  ? default_host()
                                      : host_named(options.host)) {
    settings_ = binding::own_settings();
    if (!options.library_path.empty()) settings_.library_path = options.library_path;
    settings_.sysroot = options.sysroot;
    if (options.reads_process()) return;
    if (!fs::exists(host_)) throw Error(Blame::Usage, host_.string(), "is not there", "check the path after --host");
    // In the sandbox no program gains privileges, so the one that is observed is not in secure mode.
    settings_.secure = open_elf_file(host_)->starts_in_secure_mode() && !options.observe;
  }

  report::BindReport predict() {
    report::BindReport report;
    report.host = host_.string();
    report.preloads = options_.preloads;
    std::vector<Plugin> plugins;
    for (const std::string &plugin : options_.after) plugins.push_back(plugin_named(plugin));
    if (!options_.plugin.empty()) plugins.push_back({as_given_to_dlopen(options_.plugin), std::nullopt});
    for (const Plugin &plugin : plugins) report.plugins.push_back(plugin.file);
    if (plugins.empty()) {
      report.loadings.push_back(load("start", "", nullptr, {}));
      return report;
    }
    for (const std::vector<Plugin> &order : orders_of(plugins))
      for (const LoadMode &mode : selected_modes()) report.loadings.push_back(load(mode.name, mode.call, &mode, order));
    return report;
  }

  report::BindReport read_process() {
    const observe::LiveProcess live(options_.pid, files_);
    report::BindReport report;
    report.host = fmt::format("process {}: {}", options_.pid, live.objects().front().path.string());
    report.loadings.push_back(as_read("now", "as the loader has bound it", live, observe::seen_in(live)));
    return report;
  }

  report::BindReport read_core() {
    auto memory = std::make_unique<const observe::CoreDump>(options_.core, options_.sysroot, options_.host);
    const observe::CoreDump &dump = *memory;
    const observe::LiveProcess live(std::move(memory), files_);
    report::BindReport report;
    report.host = fmt::format("core dump {}: {}", options_.core, live.objects().front().path.string());
    const observe::Seen seen = observe::seen_in(live);
    report::Loading loading = as_read("crashed", "as the loader had bound it", live, seen);
    if (dump.missing() > 0)
      loading.unknown.push_back(fmt::format("the dump was cut short: {} bytes that it should have are not there",
                                            with_commas(dump.missing())));
    loading.crash = observe::crash_of(dump, live, seen, loading.process->objects, *loading.ownership);
    if (loading.crash->finding) loading.findings.insert(loading.findings.begin(), *loading.crash->finding);
    report.loadings.push_back(std::move(loading));
    return report;
  }

private:
  static fs::path default_host() { return library_file("runners/system"); }

  // As the shell finds it: a path, or a name that is looked for in PATH.
  static fs::path host_named(const std::string &name) {
    std::error_code failed;
    return name.find('/') == std::string::npos && !fs::exists(name, failed) ? trace::find_program(name)
                                                                            : fs::path(name);
  }

  std::vector<LoadMode> selected_modes() const {
    std::vector<LoadMode> modes;
    for (const std::string &name : options_.modes) modes.push_back(*find_load_mode(name));
    if (modes.empty()) modes.assign(binding::load_modes().begin(), binding::load_modes().end());
    return modes;
  }

  std::vector<std::vector<Plugin>> orders_of(std::vector<Plugin> plugins) const {
    if (!options_.all_orders) return {plugins};
    std::sort(plugins.begin(), plugins.end());
    std::vector<std::vector<Plugin>> orders;
    do {
      if (orders.size() == kOrdersAtMost)
        throw Error(Blame::Usage, "--all-orders", fmt::format("has more than {} orders to look at", kOrdersAtMost),
                    "give at most five plugins");
      orders.push_back(plugins);
    } while (std::next_permutation(plugins.begin(), plugins.end()));
    return orders;
  }

  // A process that was read: what can cross in it follows from what is bound.
  report::Loading as_read(std::string_view name, std::string_view call, const observe::LiveProcess &live,
                          const observe::Seen &seen) {
    const observe::LiveObject &program = live.objects().front();
    if (!program.file)
      throw Error(Blame::Usage, live.memory().name(),
                  fmt::format("is of the program {}, which {}", program.path.string(),
                              program.why_not.empty() ? "is not known" : program.why_not),
                  options_.core.empty() ? "restart it, and read it again"
                                        : "name the program with --host, or the root of its system with --sysroot");
    report::Loading loading;
    loading.mode = name;
    loading.call = call;
    for (const observe::LiveObject &object : live.objects())
      if (!object.why_not.empty())
        loading.unknown.push_back(fmt::format("{} {}; what it asks for and carries takes no part here",
                                              object.path.string(), object.why_not));
    loading.waiting = seen.waiting.size();
    const binding::Process process(files_, seen);
    loading.process = std::make_unique<binding::Snapshot>(process.snapshot());
    loading.ownership = std::make_unique<binding::Ownership>(*loading.process);
    loading.findings = binding::crossings_of(process, *loading.ownership, {});
    return loading;
  }

  report::Loading load(std::string_view name, std::string_view call, const LoadMode *mode,
                       const std::vector<Plugin> &order) {
    const bool preloads_them = mode != nullptr && mode->preload();
    observe::Program program;
    program.executable = host_;
    program.preloads = options_.preloads;
    program.library_path = settings_.library_path;
    program.tunables = settings_.tunables;
    program.dynamic_weak = settings_.dynamic_weak;
    if (preloads_them)
      for (const Plugin &plugin : order) program.preloads.push_back(plugin.file);
    binding::Process process(files_, host_, settings_, program.preloads);
    for (const Plugin &plugin : order)
      if (!(plugin.mode && plugin.mode->no_load) && !process.has(plugin.file) && !process.find(plugin.file).ended())
        throw Error(Blame::Usage, plugin.file, "is not found by the loader of this host",
                    "give its path, and a library of the host's machine");
    if (options_.observe && process.is_of_musl())
      throw Error(Blame::Usage, host_.string(),
                  "is run by musl's loader, which cannot be observed: it knows no audit modules",
                  "leave --observe away");
    if (mode != nullptr && !preloads_them)
      for (const Plugin &plugin : order) {
        const binding::OpenMode how = plugin.mode.value_or(binding::open_mode_of(*mode));
        process.open(plugin.file, how);
        program.openings.push_back({plugin.file, how});
      }
    program.static_tls = thread_local_bytes(process.objects());

    report::Loading loading;
    loading.mode = name;
    loading.call = call;
    for (const Plugin &plugin : order) loading.order.push_back(plugin.file);
    loading.process = std::make_unique<binding::Snapshot>(process.snapshot());
    loading.problems = process.problems();
    loading.static_tls_problems = process.static_tls_problems();
    loading.ownership = std::make_unique<binding::Ownership>(*loading.process);
    loading.findings = binding::crossings_of(process, *loading.ownership, loading.order,
                                             host_ == default_host() ? binding::Among::Others : binding::Among::All);
    if (options_.observe) loading.observed = observe::observe(program, process, files_);
    return loading;
  }

  const BindOptions &options_;
  binding::ObjectFiles files_;
  fs::path host_;
  binding::SearchSettings settings_;
};

int bind_files(const BindOptions &options) {
  if (options.plugin.empty() && options.host.empty() && !options.reads_process())
    throw Error(Blame::Usage, "bind", "has nothing to look at", "give a PLUGIN, a --host, a --pid or a --core");
  if (options.pid != 0 && !options.core.empty())
    throw Error(Blame::Usage, "--core", "reads a process that ended, and --pid one that runs",
                "leave one of them away");
  if (!options.core.empty() && (!options.plugin.empty() || options.observe))
    throw Error(Blame::Usage, "--core", "reads a process that has ended", "omit PLUGIN and --observe");
  if (options.pid != 0 && (!options.plugin.empty() || !options.host.empty() || options.observe))
    throw Error(Blame::Usage, "--pid", "reads a process that is running", "omit PLUGIN, --host and --observe");
  if (options.observe && !options.sysroot.empty())
    throw Error(Blame::Usage, "--observe", "cannot run another system's programs", "leave --observe or --sysroot away");
  elf::guard_against_truncation();
  if (options.observe)
    for (const std::string &sentence : sandbox::what_is_missing(sandbox::Supervisor(1).protections()))
      complain("crossheap: {}\n", sentence);
  Reports reports(options.reports, std::cout);
  Binder binder(options);
  const report::BindReport report = !options.core.empty() ? binder.read_core()
                                    : options.pid != 0    ? binder.read_process()
                                                          : binder.predict();
  reports.write(report::document_of(report, options.references));
  reports.finish();
  const bool clean = std::all_of(report.loadings.begin(), report.loadings.end(), [](const report::Loading &loading) {
    return loading.agrees() && loading.problems.empty() && loading.static_tls_problems.empty() &&
           std::all_of(loading.findings.begin(), loading.findings.end(),
                       [](const Finding &finding) { return finding.level == Level::Note; });
  });
  return clean ? kClean : kFindings;
}

std::vector<std::string> mode_names() {
  std::vector<std::string> names;
  for (const LoadMode &mode : binding::load_modes()) names.emplace_back(mode.name);
  return names;
}

}  // namespace

void add_bind(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<BindOptions>();
  CLI::App *command = app.add_subcommand(
      "bind", "Who gets whose malloc: predicted from files for every load mode, and checked against the real loader");
  command->add_option("PLUGIN", options->plugin, "The shared object that the host opens")->type_name("");
  command->add_option("--host", options->host, "The program that opens it (default: a small one on libc's malloc)")
      ->type_name("EXE");
  command->add_option("--preload", options->preloads, "As in LD_PRELOAD; may be given several times")
      ->allow_extra_args(false)
      ->type_name("LIB");
  command->add_option("--mode", options->modes, fmt::format("{} (default: all of them)", fmt::join(mode_names(), ", ")))
      ->allow_extra_args(false)
      ->check(CLI::IsMember(mode_names()))
      ->type_name("MODE");
  command
      ->add_option("--after", options->after, "A plugin that is opened first, in the same mode or in a mode of its own")
      ->allow_extra_args(false)
      ->type_name("[MODE:]PLUGIN");
  command->add_flag("--all-orders", options->all_orders, "Predict every order of PLUGIN and the plugins of --after");
  command
      ->add_option("--library-path", options->library_path,
                   "Folders as in LD_LIBRARY_PATH (default: the value of that variable)")
      ->type_name("PATHS");
  command->add_option("--sysroot", options->sysroot, "The root folder of another system, with its libraries")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
  command->add_flag("--observe", options->observe,
                    "Also open the plugin in a sandboxed process, and compare every slot with the prediction");
  command->add_option("--pid", options->pid, "Read a running process instead")
      ->type_name("PID")
      ->check(CLI::Range(1, 4'194'304));  // PID_MAX_LIMIT of the kernel
  command
      ->add_option("--core", options->core,
                   "Read the core dump of a crashed process: its bindings, and the call that crashed")
      ->type_name("FILE");
  command->add_flag("--references", options->references, "Show every reference, too");
  command->add_flag("--all-symbols", options->all_symbols,
                    "Follow every symbol, not only those of the malloc family (slow; a check of the model)");
  add_format_options(*command, options->reports);
  command->callback([options, &chosen] { chosen = [options] { return bind_files(*options); }; });
}

}  // namespace crossheap::cli
