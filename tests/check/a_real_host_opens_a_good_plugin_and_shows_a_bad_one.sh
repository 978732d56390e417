#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The host of profile $1 opens a plugin of its kind, which is safe, and says so of itself; and one that passes a block
# of libc's to an allocator of its own while it is loaded, which is found, with both stacks, in the real host.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"
kind=$1

"$CROSSHEAP" check --list-profiles --format json >profiles.json || exit 1
program=$(jq -r --arg kind "$kind" '.profiles[] | select(.name == $kind) | .host.program // ""' profiles.json)
[[ -n $program ]] || skip "no host of profile $kind is installed"

name=check.so
case $kind in
  # These ask more of a plugin than a few lines can give: one of Debian's own is the good one.
  php) good=$(find /usr/lib/php -name ctype.so | head -n 1) ;;
  cpython) good=$(find /usr/lib/python3* -name '_json.*.so' -o -name '_bz2.*.so' | sort | head -n 1) ;;
  nginx) good=$(find /usr/lib/nginx/modules -name '*.so' 2>/dev/null | sort | head -n 1) ;;
  httpd) good=/usr/lib/apache2/modules/mod_alias.so ;;
  gdk-pixbuf) good=$(find /usr/lib -path '*gdk-pixbuf-2.0*' -name 'libpixbufloader-*.so' | sort | head -n 1) ;;
  gtk-immodule) good=$(find /usr/lib -path '*immodules*' -name 'im-*.so' | sort | head -n 1) ;;
  gstreamer) good=$(find /usr/lib -path '*gstreamer-1.0*' -name 'libgstcoreelements.so' | head -n 1) ;;
  ladspa) good=/usr/lib/ladspa/amp.so ;;
  lighttpd) good=/usr/lib/lighttpd/mod_accesslog.so ;;
  pkcs11) good=$(find /usr/lib -path '*/pkcs11/*' -name 'p11-kit-trust.so' | head -n 1) ;;
  lv2-lilv)
    build "$kind" check.so && good=$PWD/check.so
    manifest='@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
      @prefix doap: <http://usefulinc.com/ns/doap#> .
      <urn:crossheap:check> a lv2:Plugin ; lv2:binary <check.so> ; doap:name "check" .'
    mkdir bad && printf '%s\n' "$manifest" | tee manifest.ttl >bad/manifest.ttl
    ;;
  tcl) build "$kind" libcheck.so && good=$PWD/libcheck.so name=libcheck.so ;;
  *) build "$kind" check.so && good=$PWD/check.so ;;
esac
[[ -n $good && -e $good ]] || skip "no good plugin for $kind is installed"

# ldb itself dies on jemalloc: it opens its own modules with RTLD_DEEPBIND.
allocators=as-installed,jemalloc
[[ $kind != samba-ldb ]] || allocators=as-installed
run 0 check --profile "$kind" --allocators "$allocators" "$good" -o good.json
holds good.json 'all(.cells[]; .verdict == "safe")'
holds good.json 'all(.cells[]; any(.stages[]; .stage == "real host" and .state == "held"))'
holds good.json 'all(.cells[]; any(.rests_on[]; startswith("opened by /") and endswith("under the agent")))'

mkdir -p bad && build "$kind" "bad/$name" -DBAD
run 1 check --profile "$kind" --allocators as-installed "bad/$name" -o bad.json
holds bad.json 'all(.cells[]; .verdict == "unsafe")'
holds bad.json 'any(.findings[]; .id == "XH201" and .stage == "real host" and (.incident.release_stack | length) > 1 and (.incident.allocation_stack | length) > 1)'
