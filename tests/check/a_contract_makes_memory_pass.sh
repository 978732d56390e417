#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Without a contract nothing of a plugin is called, and a note says so. With one its functions are called: a block that
# goes home is safe and proven, one that a private allocator handed out and the host releases is found with both stacks.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

cat >good.c <<'C'
#define _GNU_SOURCE
#include <stdio.h>
char *greet(const char *name) {
  char *text = NULL;
  return asprintf(&text, "hello %s", name) < 0 ? NULL : text;
}
C
cat >bad.c <<'C'
#include <stddef.h>
#include <string.h>
static char heap[1 << 20];
static size_t used;
__attribute__((visibility("hidden"))) void *malloc(size_t bytes) {
  void *block = heap + used;
  used += (bytes + 15) & ~(size_t)15;
  return block;
}
__attribute__((visibility("hidden"))) void free(void *block) { (void)block; }
char *greet(const char *name) {
  char *text = malloc(64);
  strcpy(text, "hello ");
  return strncat(text, name, 50);
}
C
cc -g -O0 -fno-builtin -shared -fPIC -o good.so good.c && cc -g -O0 -fno-builtin -shared -fPIC -o bad.so bad.c || exit 1
cat >greet.toml <<'TOML'
[[call]]
function = "greet"
signature = "string(string)"
arguments = ["world"]
returns = "owned"
release = "free"
expect = "hello world"
TOML
cat >here.toml <<'TOML'
name = "here"
about = "a host of mine"
flags = "RTLD_NOW"
modes = ["local"]
source = "this test"
no_host = "it is not written yet"
TOML
options=(--profile ./here.toml --allocators as-installed)
run 0 check "${options[@]}" good.so -o silent.json -o silent.txt
says silent.txt 'note: none of its own functions was called'
holds silent.json 'all(.cells[]; .verdict == "safe" and .proven == false)'
run 0 check "${options[@]}" --contract greet.toml good.so -o good.json
holds good.json 'all(.cells[]; .verdict == "safe" and .proven and any(.rests_on[]; test("call.* by contract")))'
run 1 check "${options[@]}" --contract greet.toml bad.so -o bad.json
holds bad.json 'all(.cells[]; .verdict == "unsafe")'
holds bad.json 'any(.findings[]; .id == "XH201" and .stage == "calls")'

# What the plugin does not do, or does not have, is no success: the calls were not made.
sed 's/hello world/hello moon/' greet.toml >moon.toml
run 3 check "${options[@]}" --contract moon.toml good.so -o moon.json -o moon.txt
holds moon.json 'all(.cells[]; .verdict == "not tried" and (.reason | test("moon.toml:1: .*greet.*another text")))'
says moon.txt 'the calls of its contract were not all made'
sed 's/function = "greet"/function = "great"/' greet.toml >great.toml
run 3 check "${options[@]}" --contract great.toml good.so -o great.json
holds great.json 'all(.cells[]; .verdict == "not tried" and (.reason | test("great.toml:1: .*great")))'

sed 's/release = "free"/release = "?"/' greet.toml >unfinished.toml
run 2 check "${options[@]}" --contract unfinished.toml good.so
says err 'unfinished.toml:6'
run 2 check --static --contract greet.toml good.so
says err 'leave one of them away'
