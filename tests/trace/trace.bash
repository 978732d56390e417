# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of `crossheap trace` share: a host that opens a plugin as it is told, and a plugin that allocates
# and releases for it. Each test gets what cli.bash says, and may call a compiler.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"

# shellcheck disable=SC2034 # the tests use it
JEMALLOC=libjemalloc.so.2

need() {
  command -v "$1" >/dev/null || { printf '%s is not installed\n' "$1"; exit 77; }
}
need_library() {
  LD_PRELOAD=$1 /bin/true 2>&1 | grep -q 'cannot be preloaded' && { printf '%s is not installed\n' "$1"; exit 77; }
  return 0
}

# trace ARGUMENT...: runs crossheap trace with a JSON report in the file json; its exit status is in $status.
trace() {
  status=0
  "$CROSSHEAP" trace --format json -o json "$@" >out 2>err </dev/null || status=$?
}

# expect FILTER VALUE: what jq makes of the report.
expect() {
  local got
  got=$(jq -r "$1" json) || { cat err; exit 1; }
  [[ $got == "$2" ]] && return
  printf 'the report has %s = %s, not %s\n' "$1" "$got" "$2"
  jq . json | head -n 80
  cat out err
  exit 1
}

ended_with() {
  [[ $status -eq $1 ]] && return
  printf 'it ended with %s, not with %s\n' "$status" "$1"
  cat out err json
  exit 1
}

fails() {
  printf '%s\n' "$1"
  exit 1
}

make_plugin() {
  cat >plugin.c <<'C'
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
void *plugin_allocate(size_t n) { return memset(malloc(n), 1, n); }
void plugin_release(void *p) { free(p); }
void *plugin_resize(void *p, size_t n) { return realloc(p, n); }
size_t plugin_ask(void *p) { return malloc_usable_size(p); }
char *plugin_strdup(const char *s) { return strdup(s); }
C
  cc -g -fno-builtin -shared -fPIC plugin.c -o plugin.so "$@"
}

# The host: ./host PLUGIN FLAGS DEED...; FLAGS are dlopen's letters (d deepbind, g global, m dlmopen, - local).
make_host() {
  cat >host.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
  int flags = RTLD_NOW | (strchr(words[2], 'd') ? RTLD_DEEPBIND : 0) | (strchr(words[2], 'g') ? RTLD_GLOBAL : 0);
  void *plugin = strchr(words[2], 'm') ? dlmopen(LM_ID_NEWLM, words[1], RTLD_NOW) : dlopen(words[1], flags);
  if (!plugin) return puts(dlerror()), 2;
  void *(*allocate)(size_t) = (void *(*)(size_t))dlsym(plugin, "plugin_allocate");
  void (*release)(void *) = (void (*)(void *))dlsym(plugin, "plugin_release");
  void *(*resize)(void *, size_t) = (void *(*)(void *, size_t))dlsym(plugin, "plugin_resize");
  size_t (*ask)(void *) = (size_t (*)(void *))dlsym(plugin, "plugin_ask");
  char *(*duplicate)(const char *) = (char *(*)(const char *))dlsym(plugin, "plugin_strdup");
  for (int i = 3; i < count; ++i) {
    if (!strcmp(words[i], "in")) release(malloc(100));
    if (!strcmp(words[i], "out")) free(allocate(100));
    if (!strcmp(words[i], "resize")) free(resize(malloc(100), 5000));
    if (!strcmp(words[i], "ask")) { void *p = malloc(100); printf("%d\n", ask(p) >= 100); free(p); }
    if (!strcmp(words[i], "strdup")) release(duplicate("text"));
    if (!strcmp(words[i], "strdup-out")) free(duplicate("text"));
    if (!strcmp(words[i], "inside")) release(allocate(100));
    if (!strcmp(words[i], "kill")) raise(SIGKILL);
  }
  puts("done");
  return 0;
}
C
  cc -g -fno-builtin host.c -o host "$@"
}
