// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Lends a block to the plugin, and releases it itself.
#include "crossings/host.h"
int main(int argc, char **argv) {
  void (*take)(char *) = dlsym(open_plugin(argv), "take");
  char *block = malloc(40);
  strcpy(block, "from the host");
  take(block);
  free(block);
  return 0;
}
