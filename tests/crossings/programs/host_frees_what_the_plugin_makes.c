// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Releases a block of the plugin's.
#include "crossings/host.h"
int main(int argc, char **argv) {
  char *(*make)(void) = dlsym(open_plugin(argv), "make");
  char *block = make();
  puts(block);
  free(block);
  return 0;
}
