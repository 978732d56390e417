/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  void *plugin = dlopen("./plugin.so", RTLD_NOW);
  if (plugin == NULL) return fputs(dlerror(), stderr), 1;
  char *(*make)(void) = (char *(*)(void))dlsym(plugin, "make");
  char *text = make();
  puts(text);
  free(text);
}
