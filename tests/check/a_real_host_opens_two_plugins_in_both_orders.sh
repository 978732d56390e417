#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# With --with the real host opens both plugins, in both orders. What one of them takes from the other in one order is a
# finding in that order only; what the other one does alone is not blamed on the plugin.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"
command -v zsh >found || skip "zsh is not installed"
command -v lua5.4 >found || skip "lua5.4 is not installed"

# stage WHERE STATE: of the run of the real host with both.
stage() {
  holds out "[.cells[].stages[] | select(.stage == \"real host\" and (.name | endswith(\", $1\"))) | .state] == [\"$2\"]"
}
# pair STATUS PROFILE PLUGIN OTHER
pair() { run "$1" check --profile "$2" --allocators as-installed "$3" --with "$4" --format json; }

build zsh good.so
build zsh other.so
pair 0 zsh good.so other.so
stage 'before other.so' held
stage 'after other.so' held
holds out '.cells[0].rests_on | contains(["opened before other.so by the same host", "opened after other.so by the same host"])'

# zsh opens modules with RTLD_GLOBAL, so the second plugin binds to a function of the first.
build zsh gives.so -DGIVES
build zsh takes.so -DTAKES
pair 0 zsh gives.so good.so
pair 1 zsh gives.so takes.so
stage 'before takes.so' held
stage 'after takes.so' failed
holds out 'any(.findings[]; .id == "XH201" and .stage == "real host" and (.evidence | any(contains("after takes.so"))))'

# The other one crosses by itself, in the real host and in the stand-in.
build zsh bad.so -DBAD
pair 0 zsh good.so bad.so
stage 'before bad.so' held
stage 'after bad.so' held

# One that needs the other one is opened after it.
build zsh needs.so -DNEEDS
build zsh offers.so -DOFFERS
run 1 check --profile zsh --allocators as-installed needs.so --format json
holds out '.cells[0].verdict == "not opened" and (.cells[0].reason | contains("offers.so beside it defines check_offer: try --with "))'
pair 0 zsh needs.so offers.so
stage 'after offers.so' held
stage 'before offers.so' 'not tried'
holds out '.cells[0].verdict == "safe" and (.cells[0].rests_on | contains(["opened after offers.so by the same host"]))'

# What cannot be tried is said with the reason.
build lua lua.so
pair 0 zsh good.so lua.so
holds out '.cells[0].rests_on | any(contains("not opened beside lua.so by the real host, since with lua.so alone, it ended with status 1"))'
sed '/^\[host.pair\]/,$d; s/^name = .*/name = "one"/' "$SOURCE/host/profiles/zsh.toml" >one.toml
pair 0 ./one.toml good.so other.so
holds out '.cells[0].rests_on | any(contains("its profile has no [host.pair], a run with two plugins"))'

# A plugin of the same name, where the host finds plugins by name.
mkdir same && build zsh same/good.so
pair 0 zsh good.so same/good.so
holds out '.cells[0].rests_on | any(contains("not opened beside good.so by the real host, since"))'

# A second plugin outside of [host.pair].
sed 's/{name} \&\& echo/{name2} \&\& echo/; s/^name = .*/name = "two"/' "$SOURCE/host/profiles/zsh.toml" >two.toml
run 2 check --profile ./two.toml good.so
says err "'{name2}' is of a second plugin, and only [host.pair] has one"
