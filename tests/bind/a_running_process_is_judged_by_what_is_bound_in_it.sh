#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# `bind --pid` reads what is bound in a process that runs and concludes from it what a prediction would: how the plugin
# was opened shows in the slots (RTLD_DEEPBIND, RTLD_GLOBAL, a namespace), and slots that wait for their first call are
# predicted. Its findings are those of the mode that the program used.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

cat >plugin.c <<'CODE'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
char *make(void) { return malloc(60); }
char *copy(void) { char *text = strdup("text"); puts(text); free(text); return 0; }
CODE
cat >host.c <<'CODE'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int flags = RTLD_LAZY | (strcmp(argv[2], "deepbind") == 0 ? RTLD_DEEPBIND : 0) | (strcmp(argv[2], "global") == 0 ? RTLD_GLOBAL : 0);
  void *plugin = strcmp(argv[2], "namespace") == 0 ? dlmopen(LM_ID_NEWLM, argv[1], flags) : dlopen(argv[1], flags);
  if (plugin == NULL) { puts(dlerror()); _exit(70); }
  char *(*make)(void) = dlsym(plugin, "make");
  if (argc > 3 && strcmp(argv[3], "now") == 0) make();
  write(1, "ready\n", 6);
  char wait;
  if (read(0, &wait, 1) == 1) free(make());
  return 0;
}
CODE
cc -w -O1 -shared -fPIC -o plugin.so plugin.c
cc -w -O1 -o host host.c

# asks MODE PRELOAD [now]: the host waits with the plugin opened while it is asked; bind's report is in out and json.
asks() {
  local status=0
  mkfifo in said
  exec 8<>in 9<>said
  LD_PRELOAD=$2 ./host ./plugin.so "$1" "${3:-later}" <&8 >&9 8>&- &
  local process=$! line
  read -t 20 -r line <&9 || fails 'the host is not ready'
  [[ $line == ready ]] || fails "the host says $line"
  "$CROSSHEAP" bind --pid "$process" --format text -o out --format json -o json 2>err || status=$?
  kill "$process"
  wait "$process" 2>/dev/null || true
  exec 8>&- 9>&-
  rm in said
  return "$status"
}
for preload in libjemalloc.so.2 libmimalloc.so.2; do
  for when in later now; do
    if asks deepbind "$preload" "$when"; then cat out; fails "deepbind, $preload: a crossing is not found"; fi
    grep -q 'XH101 error.*' out || { cat out; fails 'the strdup and free of the plugin are not found'; }
    grep -q "host gives what make of plugin.so returned, a block from malloc, to free" out || { cat out; fails 'the block of make is not found'; }
    grep -q 'RTLD_DEEPBIND searches its own scope' out || { cat out; fails 'that it is deep-bound is not seen'; }
    asks local "$preload" "$when" || { cat out; fails "local, $preload: a crossing is found"; }
    asks global "$preload" "$when" || { cat out; fails "global, $preload: a crossing is found"; }
    if asks namespace "$preload" "$when"; then cat out; fails "namespace, $preload: a crossing is not found"; fi
    grep -q 'XH102 warning' out || { cat out; fails 'the namespace is not named'; }
  done
done
asks deepbind '' || { cat out; fails 'one heap, and a crossing is found'; }
jq -e '[.modes.now.objects[] | select(.object == "plugin.so") | .role] == ["plugin"]' json >/dev/null || fails 'the plugin is no plugin'
