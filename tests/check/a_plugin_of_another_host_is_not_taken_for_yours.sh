#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# ProFTPD's modules are named as Apache's, in the file and in what they export: what they ask their host for tells, and
# of SQLite's what else they export. Tcl
# looks for a function by the name of the file; an extension whose function has another name is opened, too.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

printf '%s\n' '#include <stddef.h>' 'struct module { int version; void *rest[20]; };' \
  '__attribute__((visibility("default"))) struct module wrap2_module = {2, {NULL}};' \
  '#ifdef PROFTPD' 'int pr_log_pri(int, const char *, ...);' \
  '__attribute__((visibility("default"))) int log_it(void) { return pr_log_pri(3, "here"); }' '#endif' >module.c
cc -shared -fPIC module.c -o mod_wrap2.so
run 0 check --static --allocators as-installed mod_wrap2.so
says out 'recognised: httpd'
cc -shared -fPIC -DPROFTPD module.c -o mod_wrap2.so
"$CROSSHEAP" check --static --allocators as-installed mod_wrap2.so >out 2>err
if grep -q 'recognised: httpd' out; then cat out && exit 1; fi

# SpatiaLite names its module for SQLite as Apache names one.
printf '%s\n' 'int virtual_module; int sqlite3_modspatial_init(void) { return 0; }' >spatial.c
cc -shared -fPIC spatial.c -o mod_spatial.so
run 0 check --static --allocators as-installed mod_spatial.so
says out 'recognised: sqlite (it exports sqlite3_modspatial_init)'

command -v tclsh >found || command -v tclsh8.6 >found || skip "tcl is not installed"
mkdir tcltk
build tcl tcltk/another_name.so
run 0 check --allocators as-installed tcltk/another_name.so
says out 'recognised: tcl (it exports Check_Init)'
says out 'safe: opened by'
