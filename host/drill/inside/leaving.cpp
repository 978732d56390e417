// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The host ends as a program does: by returning from main, with all that runs at exit. Handlers and destructors of the
// plugin then run in an order that the plugin may not expect, or not be there any more.
#include <unistd.h>

#include "drill/inside/drill_functions.h"

namespace crossheap::drill {

void drill_exit(const Arguments &arguments, AtExit at_exit) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    plugin.call_quietly();
  }
  const bool closes = at_exit == AtExit::PluginClosed;
  if (closes) close(handle);
  leave_by_exit(closes ? "leaving by exit, with the plugin closed" : "leaving by exit, with the plugin open");
}

void drill_closed_streams(const Arguments &arguments) {
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  drill_exit(arguments, AtExit::PluginOpen);
}

}  // namespace crossheap::drill
