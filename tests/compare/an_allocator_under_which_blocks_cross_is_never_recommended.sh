#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A host that opens its plugin with RTLD_DEEPBIND and releases the plugin's block: fine on libc's malloc, a crossing on
# every preload. jemalloc is made to look twice as fast by the program's own figure, and is not recommended.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds plugin.so -shared -fPIC <<'C'
#include <stdlib.h>
void *give(void) { return malloc(64); }
void take(void *block) { free(block); }
C
builds host -ldl <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
  void *plugin = dlopen("./plugin.so", RTLD_NOW | (count > 1 ? RTLD_DEEPBIND : 0));
  void *(*give)(void) = (void *(*)(void))dlsym(plugin, "give");
  const char *preload = getenv("LD_PRELOAD");
  void *block = give();
  if (count > 2) free(block);
  printf("figure: %d\n", preload && strstr(preload, "jemalloc") ? 50 : 100);
  return 0;
}
C
# The program dies of it on some allocators: a named result.
run 1 compare --allocators jemalloc,tcmalloc --runs 7 --metric 'figure: ([0-9]+)' --format json -o result.json \
  --format text --format markdown -o result.md -- ./host deepbind free
[[ $(figure .best) == null ]] || { echo "recommended: $(figure .best)"; exit 1; }
[[ $(figure '.allocators[] | select(.name == "jemalloc") | .ownership.state') == crosses ]] || { figure '.allocators[1].ownership'; exit 1; }
figure '.findings[].id' | grep -q XH201 || { figure '.findings[].id'; exit 1; }
says out "jemalloc (blocks cross)"
says result.md "blocks cross"

# Without the check nothing may be recommended either: not known is not clean.
run 0 compare --allocators jemalloc --no-ownership-check --runs 7 --metric 'figure: ([0-9]+)' --format json \
  -o result.json -- ./host
[[ $(figure .best) == null ]] || { echo "recommended without a check: $(figure .best)"; exit 1; }
# The same program where nothing crosses: then it is.
run 0 compare --allocators jemalloc --runs 7 --metric 'figure: ([0-9]+)' --format json -o result.json \
  --format text -- ./host
[[ $(figure .best) == jemalloc ]] || { figure .sentence; exit 1; }
says out "Take jemalloc"
says out "LD_PRELOAD="
says out "crossheap_use_allocator(my_program jemalloc)"
says out "cargo add tikv-jemallocator"
says out "[Service]"
says out "ENV LD_PRELOAD="
says out "- name: LD_PRELOAD"
