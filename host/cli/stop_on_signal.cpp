// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/stop_on_signal.h"

#include <csignal>

namespace crossheap::cli {

namespace {

// A signal handler can be given no other way to it.
sandbox::Supervisor *interruptible = nullptr;

}  // namespace

StopOnSignal::StopOnSignal(sandbox::Supervisor &supervisor) {
  interruptible = &supervisor;
  struct sigaction action {};
  action.sa_handler = [](int) { interruptible->stop(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

StopOnSignal::~StopOnSignal() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
  interruptible = nullptr;
}

}  // namespace crossheap::cli
