#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin that is fine alone is not refused because of the other one that --with names, whether that one lacks a library
# or ends the process; what could not be tried with it is said.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

echo 'int f(void) { return 1; }' >f.c
echo 'int f(void); int g(void) { return f(); }' >g.c
echo '#include <unistd.h>
__attribute__((constructor)) static void start(void) { _exit(0); }' >exits.c
cc -shared -fPIC -o fine.so f.c && cc -shared -fPIC -o libgone.so f.c && cc -shared -fPIC -o lacks.so g.c -L. -lgone &&
  cc -shared -fPIC -o exits.so exits.c || exit 1
rm libgone.so
cat >here.toml <<'TOML'
name = "here"
about = "a host of mine"
flags = "RTLD_NOW"
modes = ["local"]
source = "this test"
no_host = "it is not written yet"
TOML
options=(--profile ./here.toml --allocators as-installed)
run 0 check "${options[@]}" --with ./lacks.so fine.so -o lacks.json -o lacks.txt
holds lacks.json 'all(.cells[]; .verdict == "safe" and any(.rests_on[]; test("after-another is not tried, since .*libgone.so")))'
holds lacks.json 'any(.problems[]; .reason | test("lacks.so needs libgone.so"))'
run 0 check "${options[@]}" --with ./exits.so fine.so -o exits.json
holds exits.json 'all(.cells[]; .verdict == "safe" and any(.rests_on[]; test("before-another is not tried, since with exits.so alone")))'
# The plugin itself stays refused.
run 1 check "${options[@]}" --with ./fine.so lacks.so -o itself.json
holds itself.json 'all(.cells[]; .verdict == "not opened")'
