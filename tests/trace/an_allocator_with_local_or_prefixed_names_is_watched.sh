#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# jemalloc inside a plugin, its names hidden by a version script or behind a prefix: it is an instance, and what crosses
# to it is seen.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
archive=$(cc -print-file-name=libjemalloc_pic.a)
[[ -f $archive ]] || { echo 'libjemalloc_pic.a is not installed'; exit 77; }
echo '{ global: plugin_*; local: *; };' >only.map
make_plugin "$archive" -Wl,--version-script=only.map -lstdc++ -lm -lpthread
make_host
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=6000
trace --depth ownership -- ./host ./plugin.so - inside
ended_with 0
expect '.crossings | length' 0
expect '.instances | map(select(.object | endswith("plugin.so")).family) | join(" ")' jemalloc
for deed in in out strdup; do
  trace --on-crossing route -- ./host ./plugin.so - "$deed"
  ended_with 0
  expect '.crossings | length' 1
done
