// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives the plugin's block back to it.
#include "crossings/host.h"
int main(int argc, char **argv) {
  char *(*make)(void) = dlsym(open_plugin(argv), "make");
  void (*give_back)(char *) = dlsym(open_plugin(argv), "give_back");
  char *block = make();
  puts(block);
  give_back(block);
  return 0;
}
