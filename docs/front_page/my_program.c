// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program of the front page. It runs on jemalloc, opens its plugin with RTLD_DEEPBIND as PHP does, and gives it a
// text, which the plugin releases.
//
// build: cc -g -Wl,--no-as-needed -o my_program my_program.c -ljemalloc
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  void *const plugin = dlopen("./my_plugin.so", RTLD_NOW | RTLD_DEEPBIND);
  if (plugin == NULL) return fprintf(stderr, "%s\n", dlerror()), 2;
  void (*const take)(char *text) = (void (*)(char *))dlsym(plugin, "plugin_take");
  take(strdup("a text of the program's"));
  puts("all went well");
  return 0;
}
