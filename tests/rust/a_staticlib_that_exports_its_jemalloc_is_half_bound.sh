#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A Rust staticlib with an unprefixed tikv-jemallocator, linked into a C plugin as it is: its malloc is exported, so the
# process's comes first, while its sdallocx has no rival. Every Box is allocated there and released here. It may survive;
# crossheap trace sees it, and a version script mends it.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384 # jemalloc's initial-exec TLS (XH401)
cc -std=gnu11 -fPIC -fvisibility=hidden -I "$ABI/include" -c "$ABI/providers/system.c" -o system.o || exit 1

# traced OPTION...: the plugin, linked so, plays with its own heap under the agent; result.json has what was seen.
traced() {
  cc -shared -o plugin.so -Wl,-u,crossheap_plugin "$@" "$PROGRAMS/librust_jemalloc_unprefixed.a" system.o -lgcc_s -lpthread -ldl -lm || exit 1
  "$CROSSHEAP" trace --format json -o result.json -- "$BUILD/lib/crossheap/runners/system" \
    --plugin "$PWD/plugin.so" --mode local --scenario own-heap --direction inside >out 2>err
}
traced
jq -e '.crossings | any(.hazard == "XH201" and .function == "sdallocx" and (.owner.object | endswith("libc.so.6")))' result.json ||
  { jq .crossings result.json; exit 1; }
"$CROSSHEAP" inspect plugin.so >out
says out 'exported, provides malloc'

printf '{ global: crossheap_plugin; local: *; };\n' >only.map
traced -Wl,--version-script=only.map
jq -e '.crossings == []' result.json || { jq .crossings result.json; exit 1; }
