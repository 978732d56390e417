#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin that lies in a folder for one version of its host is opened by that version where it is installed. Where only
# another one is, and that one refuses it, the reason says both.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

lua=$(compgen -c lua5. | sort -u | tail -n 1)
[[ -n $lua ]] || skip 'no Lua is installed'
mkdir -p lua/5.0 "lua/${lua#lua}"
echo 'extern int lua_of_another_time(void *); int luaopen_old(void *state) { return lua_of_another_time(state); }' >old.c
cc -shared -fPIC -o lua/5.0/old.so old.c || exit 1
build lua "lua/${lua#lua}/check.so"
run 1 check --allocators as-installed --profile lua lua/5.0/old.so -o old.json
holds old.json 'all(.cells[]; .verdict == "not opened"
  and (.reason | test("undefined symbol: lua_of_another_time; it lies in a folder for version 5.0, and lua5.0 is not installed")))'
run 0 check --allocators as-installed --profile lua "lua/${lua#lua}/check.so" -o new.json
holds new.json 'all(.cells[]; .verdict == "safe" and (.reason | test("version") | not) and (.reason | test("'"$lua"'")))'
