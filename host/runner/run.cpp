// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the program inside the sandbox does: opens a plugin as it is told, plays one scenario between the two heaps,
// reports each step, and ends as any host would: by returning with the plugin still open. It is built once for each
// host allocator, and once as a library for hosts in other languages; nothing in it depends on which.
//
//   runner --plugin PATH --mode MODE --scenario NAME --direction DIRECTION [--records]
//   runner --plugin PATH --mode MODE --load            only open it and say what is bound to what
//   runner [--plugin PATH --mode MODE] --list          the scenarios of this host, or of the plugin
//
// Exit status 0 when it came to its end, whatever was found: the records say the rest. 2: the arguments are wrong.
#include "runner/run.h"

#include <dlfcn.h>
#include <link.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "base/load_modes.h"
#include "runner/channel.h"
#include "runner/instances.h"
#include "scenarios/experiment.h"
#include "scenarios/list.h"

namespace crossheap::runner {
namespace {

using event::RunStep;

constexpr int kUsage = 2;

struct Arguments {
  const char *plugin = nullptr;
  const LoadMode *mode = find_load_mode("local");
  std::string_view scenario;
  std::uint32_t direction = 0;
  bool load_only = false;
  bool list = false;
};

std::optional<std::uint32_t> direction_named(std::string_view name) {
  if (name == "to-host") return CROSSHEAP_DIRECTION_TO_HOST;
  if (name == "to-plugin") return CROSSHEAP_DIRECTION_TO_PLUGIN;
  if (name == "inside") return CROSSHEAP_DIRECTION_INSIDE;
  return std::nullopt;
}

std::optional<Arguments> read_arguments(int count, char **words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = words[i];
    if (option == "--load") {
      arguments.load_only = true;
    } else if (option == "--list") {
      arguments.list = true;
    } else if (option == "--records") {
      open_channel();
    } else if (i + 1 == count) {
      return std::nullopt;
    } else if (const char *value = words[++i]; option == "--plugin") {
      arguments.plugin = value;
    } else if (option == "--mode") {
      arguments.mode = find_load_mode(value);
      if (arguments.mode == nullptr || arguments.mode->preload()) return std::nullopt;
    } else if (option == "--scenario") {
      arguments.scenario = value;
    } else if (option == "--direction") {
      const auto direction = direction_named(value);
      if (!direction) return std::nullopt;
      arguments.direction = *direction;
    } else {
      return std::nullopt;
    }
  }
  if (arguments.plugin == nullptr) return arguments.list ? std::optional(arguments) : std::nullopt;
  const bool plays = !arguments.scenario.empty() && arguments.direction != 0;
  return plays || arguments.load_only || arguments.list ? std::optional(arguments) : std::nullopt;
}

// A plugin, with what it offers to the experiment.
struct Plugin {
  const crossheap_plugin &contract;
  const crossheap_experiment &experiment;

  std::span<const crossheap_scenario *const> scenarios() const {
    std::uint32_t count = 0;
    const crossheap_scenario *const *first = experiment.scenarios(&count);
    return {first, count};
  }
  std::span<const crossheap_binding> bindings() const {
    if (experiment.bindings == nullptr) return {};
    std::uint32_t count = 0;
    const crossheap_binding *first = experiment.bindings(&count);
    return {first, count};
  }
};

const crossheap_scenario *find(std::span<const crossheap_scenario *const> scenarios, std::string_view name) {
  for (const crossheap_scenario *scenario : scenarios)
    if (scenario->name == name) return scenario;
  return nullptr;
}

// The room that thread-local storage of all loaded objects takes when the loader has to place it statically.
std::size_t thread_local_bytes() {
  std::size_t bytes = 0;
  ::dl_iterate_phdr(
      [](dl_phdr_info *info, std::size_t, void *sum) {
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr) &segment = info->dlpi_phdr[i];
          if (segment.p_type == PT_TLS) *static_cast<std::size_t *>(sum) += segment.p_memsz + segment.p_align;
        }
        return 0;
      },
      &bytes);
  return bytes;
}

void list(std::span<const crossheap_scenario *const> scenarios) {
  for (const crossheap_scenario *scenario : scenarios) {
    std::array<char, event::kRunTextLimit> text;
    const int length =
        std::snprintf(text.data(), text.size(), "%s|%u|%u|%u|%c|%s|%s|%s", scenario->name, scenario->directions,
                      scenario->staging, scenario->flags, static_cast<char>(scenario->contract), scenario->acquired_by,
                      scenario->released_by, scenario->sentence);
    report(RunStep::Offered, {text.data(), std::min(static_cast<std::size_t>(length), text.size() - 1)});
  }
}

const crossheap_experiment_host kExperiment = {
    .report_wrong = [](const char *what) { report(RunStep::Wrong, what); },
    .report_finished = [] { report(RunStep::Finished); },
};

const crossheap_host kHost = {
    .struct_size = sizeof(crossheap_host),
    .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
    .party = {.struct_size = sizeof(crossheap_party),
              .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
              .name = "host",
              .provider = crossheap_provider,
              .allocate = crossheap_allocate,
              .reallocate = crossheap_reallocate,
              .release = crossheap_deallocate},
    .extension = [](const char *id) -> const void * {
      return std::strcmp(id, CROSSHEAP_EXPERIMENT) == 0 ? &kExperiment : nullptr;
    },
};

// The mode's dlopen. The words of a refusal are reported.
void *open_plugin(const Arguments &arguments) {
  const LoadMode &mode = *arguments.mode;
  const int flags = (mode.lazy() ? RTLD_LAZY : RTLD_NOW) | (mode.global() ? RTLD_GLOBAL : RTLD_LOCAL) |
                    (mode.deepbind() ? RTLD_DEEPBIND : 0);
  void *handle =
      mode.new_namespace() ? ::dlmopen(LM_ID_NEWLM, arguments.plugin, flags) : ::dlopen(arguments.plugin, flags);
  if (handle == nullptr) report(RunStep::NotOpened, ::dlerror());
  return handle;
}

// The plugin behind its exported contract, or nullopt with the reason reported.
std::optional<Plugin> plugin_behind(void *handle) {
  const auto *plugin = static_cast<const crossheap_plugin *>(::dlsym(handle, CROSSHEAP_PLUGIN_SYMBOL));
  if (plugin == nullptr) {
    report(RunStep::NotAPlugin, "it does not export " CROSSHEAP_PLUGIN_SYMBOL);
  } else if (plugin->abi_version != CROSSHEAP_PLUGIN_ABI_VERSION || plugin->struct_size < sizeof(crossheap_plugin)) {
    report(RunStep::NotAPlugin, "its " CROSSHEAP_PLUGIN_SYMBOL " is of another version of the plugin contract");
  } else if (const void *experiment = plugin->extension == nullptr ? nullptr : plugin->extension(CROSSHEAP_EXPERIMENT);
             experiment == nullptr) {
    report(RunStep::NotAPlugin,
           "it takes no part in the experiment: its extension() does not know " CROSSHEAP_EXPERIMENT);
  } else {
    return Plugin{*plugin, *static_cast<const crossheap_experiment *>(experiment)};
  }
  return std::nullopt;
}

// One way of handing a block over, both sides chosen.
class Play {
public:
  Play(const Plugin &plugin, const crossheap_scenario &in_host, const crossheap_scenario &in_plugin,
       std::uint32_t direction)
      : giver_(direction == CROSSHEAP_DIRECTION_TO_PLUGIN ? in_host : in_plugin),
        taker_(direction == CROSSHEAP_DIRECTION_TO_HOST ? in_host : in_plugin),
        handover_{.struct_size = sizeof(crossheap_handover),
                  .reserved = 0,
                  .block = nullptr,
                  .size = 0,
                  .align = 0,
                  .seed = 0x5eed,
                  .owner = direction == CROSSHEAP_DIRECTION_TO_PLUGIN ? &kHost.party : &plugin.contract.party,
                  .taker = direction == CROSSHEAP_DIRECTION_TO_HOST ? &kHost.party : &plugin.contract.party,
                  .release = nullptr} {}

  bool give() {
    report(RunStep::Giving);
    return succeeded(giver_.give(&kHost, &handover_), "the giving side could not make its block");
  }

  bool take() {
    report(RunStep::Taking);
    return succeeded(taker_.take(&kHost, &handover_), "the taking side could not do its work");
  }

private:
  static bool succeeded(std::int32_t status, std::string_view otherwise) {
    if (status == CROSSHEAP_SCENARIO_NO_THREAD)
      report(RunStep::NoThread);
    else if (status != 0)
      report(RunStep::Failed, otherwise);
    return status == 0;
  }

  const crossheap_scenario &giver_;
  const crossheap_scenario &taker_;
  crossheap_handover handover_;
};

bool close_plugin(const Plugin &plugin, void *handle) {
  report(RunStep::Closing);
  if (plugin.contract.close != nullptr) plugin.contract.close();
  if (::dlclose(handle) == 0) return true;
  report(RunStep::Failed, ::dlerror());
  return false;
}

// Uses the heaps of both sides at once. Two heaps that hand out the same memory overwrite each other's blocks here.
void press(const crossheap_scenario *in_host, const crossheap_scenario *in_plugin) {
  if (in_host == nullptr) return;
  report(RunStep::Pressing);
  std::array<crossheap_handover, 4> rounds{};
  const auto side = [&](std::size_t round) { return round % 2 == 0 || in_plugin == nullptr ? in_host : in_plugin; };
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    rounds[round].seed = round << 32;
    side(round)->give(&kHost, &rounds[round]);
  }
  for (std::size_t round = 0; round < rounds.size(); ++round) side(round)->take(&kHost, &rounds[round]);
}

// A host thread uses the plugin; the plugin is closed while that thread lives; the thread ends.
bool outlive(Play &play, const Plugin &plugin, void *handle) {
  std::binary_semaphore used(0);
  std::binary_semaphore closed(0);
  bool good = false;
  std::thread user;
  try {
    user = std::thread([&] {
      good = play.give() && play.take();
      used.release();
      closed.acquire();
    });
  } catch (const std::system_error &) {
    report(RunStep::NoThread);
    return false;
  }
  used.acquire();
  const bool was_closed = close_plugin(plugin, handle);
  closed.release();
  user.join();
  return good && was_closed;
}

void play(const Arguments &arguments, const Plugin &plugin, void *handle) {
  constexpr std::string_view kOwnHeap = "own-heap";
  const auto in_host_list = scenarios::linked_scenarios();
  const auto in_plugin_list = plugin.scenarios();
  const crossheap_scenario *in_plugin = find(in_plugin_list, arguments.scenario);
  const crossheap_scenario *in_host = find(in_host_list, arguments.scenario);
  if (arguments.direction == CROSSHEAP_DIRECTION_INSIDE && in_host == nullptr) in_host = in_plugin;
  if (in_plugin == nullptr || in_host == nullptr || (in_plugin->directions & arguments.direction) == 0) {
    report(RunStep::NotAPlugin, "one of the two sides does not have this scenario in this direction");
    return;
  }
  if (plugin.contract.open != nullptr && plugin.contract.open(&kHost) != 0) {
    report(RunStep::NotAPlugin, "its open function refused this host");
    return;
  }
  Play play(plugin, *in_host, *in_plugin, arguments.direction);
  const crossheap_scenario *host_heap = find(in_host_list, kOwnHeap);
  const crossheap_scenario *plugin_heap = find(in_plugin_list, kOwnHeap);
  bool good = false;
  switch (in_plugin->staging) {
    case CROSSHEAP_STAGING_CLOSE_BETWEEN:
      good = play.give() && close_plugin(plugin, handle) && play.take();
      plugin_heap = nullptr;
      break;
    case CROSSHEAP_STAGING_THREAD_OUTLIVES:
      good = outlive(play, plugin, handle);
      plugin_heap = nullptr;
      break;
    case CROSSHEAP_STAGING_AT_EXIT:
      if (play.give() && play.take()) report(RunStep::Arranged);
      return;
    default:
      good = play.give() && play.take();
  }
  if (!good) return;
  press(host_heap, plugin_heap);
  report(RunStep::Verified);
}

int run(int count, char **words) {
  const auto arguments = read_arguments(count, words);
  if (!arguments) {
    std::fprintf(
        stderr, "runner: wrong arguments; it is run by `crossheap matrix`, which prints its commands with --explain\n");
    return kUsage;
  }
  if (arguments->plugin == nullptr) {
    list(scenarios::linked_scenarios());
    report(RunStep::Verified);
    return 0;
  }
  const std::size_t tls_before = thread_local_bytes();
  report(RunStep::Opening);
  void *handle = open_plugin(*arguments);
  if (handle == nullptr) return 0;
  const std::optional<Plugin> plugin = plugin_behind(handle);
  if (!plugin) return 0;
  if (!arguments->list && !arguments->load_only) {
    play(*arguments, *plugin, handle);
    return 0;
  }
  if (arguments->list) {
    const std::size_t tls_after = thread_local_bytes();
    report(RunStep::StaticTls, std::to_string(tls_after - tls_before) + "|" + std::to_string(tls_after));
    list(plugin->scenarios());
  } else {
    report_instances({"host", scenarios::linked_bindings(), &kHost, nullptr},
                     {"plugin", plugin->bindings(), &plugin->contract, handle});
  }
  report(RunStep::Verified);
  return 0;
}

}  // namespace
}  // namespace crossheap::runner

int crossheap_run(int count, char **words) { return crossheap::runner::run(count, words); }
