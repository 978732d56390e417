// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What every drill does with the host: it opens and closes the plugin, makes the calls of its contract, uses its own
// heap, tells each step and ends.
#pragma once

#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/load_modes.h"
#include "contract/contract.h"
#include "drill/inside/calls.h"
#include "drill/inside/tell.h"

namespace crossheap::drill {

/// What the command line says.
struct Arguments {
  const char *plugin = nullptr;
  const LoadMode *mode = find_load_mode("local");
  std::string_view drill;
  const char *with = nullptr;
  const char *copy = nullptr;
  unsigned rounds = 100;
  std::optional<contract::Contract> calls;
};

int flags_of(const LoadMode &mode);

/// Opens a plugin. Null where the loader refuses, which is told.
void *open(const char *path, const LoadMode &mode, std::string_view what = "the plugin");

bool close(void *handle, std::string_view what = "the plugin");

/// The plugin, open, with the calls that its contract allows.
class Plugin {
public:
  Plugin(const Arguments &arguments, void *handle) {
    // Never freed: the plugin may call functions of the host until the process ends.
    if (arguments.calls) caller_ = new Caller(*arguments.calls, handle);
    good_ = caller_ == nullptr || caller_->find();
  }
  bool good() const { return good_; }
  Caller *caller() { return good_ ? caller_ : nullptr; }
  /// All calls once, without a word for each.
  void call_quietly(std::string_view what = "the plugin") {
    if (caller() == nullptr) return;
    tell(kDoing, "calling " + std::string(what));
    caller_->run_quietly(nullptr);
  }
  bool call() { return good_ && (caller_ == nullptr || caller_->run()); }

private:
  Caller *caller_ = nullptr;
  bool good_ = false;
};

/// Some blocks of many sizes through the host's malloc: a heap that is damaged shows.
void use_host_heap();

/// To be called first: notes whether somebody reads what this process tells.
void note_supervisor();

/// The end of the host; nothing more of the plugin runs.
[[noreturn]] void end();

/// The end of a drill whose exit is not what is asked about.
[[noreturn]] void finish();

/// The end of a drill that needs a thread which the system does not give it: what is left is not tried.
[[noreturn]] void end_without_thread(const std::system_error &error);

/// A new thread. Where there is none, a plugin may have lowered the limits of its host, and the drill ends.
template <class Work>
std::thread start_thread(Work work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error &error) {
    end_without_thread(error);
  }
}

/// Ends as a program does, with all that runs at exit. \param doing  this, in words
[[noreturn]] void leave_by_exit(std::string_view doing);

}  // namespace crossheap::drill
