/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>

int main(void) {
  void *plugin = dlopen("./plugin.so", RTLD_NOW);
  if (plugin == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  ((void (*)(void))dlsym(plugin, "work"))();
  puts("done");
}
