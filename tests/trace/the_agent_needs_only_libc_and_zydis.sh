#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
need readelf
agent=$(dirname "$CROSSHEAP")/../lib/crossheap/libcrossheap-agent.so
needed=$(readelf -d "$agent" | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p' | grep -vE '^(libZydis|libc|ld-linux-x86-64)\.so' || true)
[[ -z $needed ]] || fails "it also needs: $needed"
readelf -dW "$agent" | grep -q TEXTREL && fails 'its code is changed when it is loaded'
tls=$(readelf -lW "$agent" | awk '$1 == "TLS" { print strtonum($6) }')
[[ ${tls:-0} -le 144 ]] || fails "$tls bytes of TLS are more than an audit module has"
