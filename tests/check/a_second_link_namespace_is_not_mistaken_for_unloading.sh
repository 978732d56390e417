#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The drill load-unload opens the plugin in one link namespace after another. A library that keeps thread-specific
# values fails in the second one (XH102): each namespace's libc numbers them from zero, in one table of the thread.
# Where what stays loaded uses up glibc's 16 namespaces, the drill is not tried, and says why, once.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

cat >mode.toml <<'E2'
name = "newlm"
about = "a host that uses dlmopen"
flags = "RTLD_NOW"
modes = ["namespace"]
heaps = "libc's malloc"
contract = "none"
source = "this test"
no_host = "it is only a test"
E2

cat >keys.c <<'E2'
#include <pthread.h>
#include <stdlib.h>
static pthread_key_t key;
struct area { struct area *self; };
__attribute__((constructor)) static void start(void) {
  pthread_key_create(&key, NULL);
  struct area *mine = pthread_getspecific(key);
  if (mine == NULL) {
    mine = malloc(sizeof *mine);
    mine->self = NULL;
    pthread_setspecific(key, mine);
  } else {
    *(volatile int *)(mine->self) = 1;
  }
}
E2
cc -g -shared -fPIC -o keys.so keys.c || exit 1
run 1 check --profile ./mode.toml --allocators as-installed keys.so -o result.json
holds result.json '.cells | length == 1 and .[0].verdict == "unsafe"'
holds result.json '[.findings[] | select(.level != "note") | .id] | unique == ["XH102"]'
holds result.json '[.findings[] | select(.summary | contains("once more, in another link namespace"))] | length == 1'

printf '%s\n' 'int nothing(void) { return 0; }' >stays.c
cc -g -shared -fPIC -Wl,-z,nodelete -o stays.so stays.c || exit 1
run 0 check --profile ./mode.toml --allocators as-installed stays.so -o result.json -o result.txt
holds result.json '.cells[0].verdict == "safe"'
holds result.json '.cells[0].reason | contains("load-unload was not tried: glibc has no link namespace left after")'
holds result.json '.cells[0].reason | contains("stays loaded")'
[[ $(grep -c 'no link namespace left' result.txt) == 1 ]] || { echo 'not said once'; cat result.txt; exit 1; }
