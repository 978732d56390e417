// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Calls the plugin, and does nothing of its own.
#include "crossings/host.h"
int main(int argc, char **argv) {
  void (*make)(void) = dlsym(open_plugin(argv), "run");
  make();
  return 0;
}
