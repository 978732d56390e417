#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --drive runs the author's own program, with words that look like options of ours, under the agent on each allocator.
# A block that the plugin hands out and the program releases to another heap is found, on the allocator where it is one.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

cat >plugin.c <<'C'
#include <string.h>
char *greet(void) { return strdup("hello"); }
void *grow(void *block) { extern void *realloc(void *, unsigned long); return realloc(block, 100); }
C
cc -g -shared -fPIC -o plugin.so plugin.c || exit 1
cat >driver.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
  int flags = RTLD_NOW;
  if (count > 2 && strcmp(words[2], "--deep") == 0) flags |= RTLD_DEEPBIND;
  void *plugin = dlopen(words[1], flags);
  if (plugin == NULL) return 1;
  void *(*grow)(void *) = (void *(*)(void *))dlsym(plugin, "grow");
  char *(*greet)(void) = (char *(*)(void))dlsym(plugin, "greet");
  free(greet());
  void *given = malloc(8);
  if (flags & RTLD_DEEPBIND) given = grow(given);
  return given == NULL;
}
C
cc -g -o driver driver.c || exit 1
run 0 check plugin.so --allocators as-installed,jemalloc -o good.json --drive ./driver ./plugin.so --static
holds good.json 'all(.cells[]; .verdict == "safe" and (.rests_on | any(startswith("your own test came to its end"))))'
run 1 check plugin.so --allocators as-installed,jemalloc -o bad.json --drive ./driver ./plugin.so --deep
holds bad.json 'any(.cells[]; .allocator == "as-installed" and .verdict == "safe")'
holds bad.json 'any(.cells[]; .allocator == "jemalloc" and .verdict == "unsafe")'
holds bad.json 'any(.findings[]; .id == "XH202" and .incident.function == "realloc")'
# A test that fails is no plugin that was not opened.
cat >fails.sh <<'SH'
#!/bin/sh
./driver "$1" && echo wanted >not-below-tmpdir
SH
chmod +x fails.sh
run 1 check plugin.so --allocators as-installed -o failed.txt --drive ./fails.sh ./plugin.so
says failed.txt 'Your own test of plugin.so failed on as-installed.'
says failed.txt 'Permission denied; it runs confined, and writes files only below its TMPDIR'
run 2 check --drive ./driver plugin.so
says err 'give a PLUGIN before --drive'
run 2 check plugin.so --profile php --drive ./driver
says err 'leave --profile away'
