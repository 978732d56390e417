// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap-drill: the host that stands in for the real one. It opens a plugin in a load mode, puts it through one
// drill, tells each step over the result descriptor, and ends. It exports nothing and carries no allocator, so the
// process's malloc is whose the loader makes it.
//
//   crossheap-drill --plugin PATH --mode MODE --drill NAME [--rounds N] [--with PATH] [--copy PATH] [--records]
//                   [--calls WORDS...]
//
// Without --records a person reads the steps on standard output. Exit status 0 when it came to the end of the drill,
// whatever it saw; 2 where the words are wrong; kCannotTell where the plugin closed its descriptors. What ends
// otherwise was ended by the plugin.
#include <dlfcn.h>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "base/load_modes.h"
#include "contract/arguments.h"
#include "drill/drills.h"
#include "drill/inside/drill_functions.h"
#include "runner/channel.h"

namespace crossheap::drill {
namespace {

constexpr int kUsage = 2;

std::optional<Arguments> read_arguments(int count, char **words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = words[i];
    if (option == "--records") {
      runner::open_channel();
    } else if (option == "--calls") {
      arguments.calls = contract::from_arguments({words + i + 1, words + count});
      if (!arguments.calls) return std::nullopt;
      break;
    } else if (i + 1 == count) {
      return std::nullopt;
    } else if (const char *value = words[++i]; option == "--plugin") {
      arguments.plugin = value;
    } else if (option == "--mode") {
      arguments.mode = find_load_mode(value);
      if (arguments.mode == nullptr || arguments.mode->preload()) return std::nullopt;
    } else if (option == "--drill") {
      arguments.drill = value;
    } else if (option == "--with") {
      arguments.with = value;
    } else if (option == "--copy") {
      arguments.copy = value;
    } else if (option == "--rounds") {
      arguments.rounds = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
    } else {
      return std::nullopt;
    }
  }
  return arguments.plugin == nullptr ? std::nullopt : std::optional(std::move(arguments));
}

const Drill *find_drill(std::string_view name) {
  for (const Drill &drill : kDrills)
    if (drill.name == name) return &drill;
  return nullptr;
}

// Whether the command line has the other file that the drill needs.
bool has_what_it_needs(const Arguments &arguments, Kind drill) {
  if (drill == Kind::TwoCopies) return arguments.copy != nullptr;
  return (drill != Kind::AfterAnother && drill != Kind::BeforeAnother) || arguments.with != nullptr;
}

void go_through(const Arguments &arguments, Kind drill) {
  switch (drill) {
    case Kind::Load:
    case Kind::StaticTls:
      return drill_load(arguments);
    case Kind::Calls:
    case Kind::Constructors:
      return drill_calls(arguments);
    case Kind::LoadUnload:
      return drill_reload(arguments);
    case Kind::Threads:
      return drill_threads(arguments);
    case Kind::Fork:
      return drill_fork(arguments);
    case Kind::ForkInCalls:
      return drill_fork_in_calls(arguments);
    case Kind::ExitOpen:
      return drill_exit(arguments, AtExit::PluginOpen);
    case Kind::ExitClosed:
      return drill_exit(arguments, AtExit::PluginClosed);
    case Kind::TwoCopies:
      return drill_copies(arguments);
    case Kind::AfterAnother:
      return drill_with(arguments, Order::OtherFirst);
    case Kind::BeforeAnother:
      return drill_with(arguments, Order::PluginFirst);
    case Kind::ClosedStreams:
      return drill_closed_streams(arguments);
    case Kind::SecondNamespace:
      return drill_namespace(arguments);
  }
}

int run(int count, char **words) {
  note_supervisor();
  const auto arguments = read_arguments(count, words);
  const Drill *const drill = arguments ? find_drill(arguments->drill) : nullptr;
  if (drill == nullptr || !has_what_it_needs(*arguments, drill->kind)) {
    [[maybe_unused]] const int failed =
        std::fputs("crossheap-drill: wrong arguments; it is run by `crossheap check`\n", stderr);
    return kUsage;
  }
  go_through(*arguments, drill->kind);
  end();  // the loader refused
}

}  // namespace
}  // namespace crossheap::drill

int main(int count, char **words) { return crossheap::drill::run(count, words); }
