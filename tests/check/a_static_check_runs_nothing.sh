#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --static looks at files: no process is started, no cell is called safe, and a crossing that the files show is found in
# every profile that there is. Every host that the catalogue of hosts names has a profile.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

build none good.so
build none bad.so -DBAD
if command -v strace >/dev/null; then
  strace -f -e trace=execve,fork,vfork,clone,clone3 -o calls "$CROSSHEAP" check --profile all --static good.so >out || exit 1
  grep -E 'execve' calls | grep -v "crossheap\"" && { echo 'a program was run'; exit 1; }
fi
run 0 check --profile all --static good.so -o good.json
holds good.json 'all(.cells[]; .verdict == "not tried" or .verdict == "host fails alone")'
holds good.json 'all(.cells[]; .proven == false)'
run 1 check --profile all --static bad.so -o bad.json
holds bad.json 'any(.findings[]; .id == "XH109")'
holds bad.json 'all(.cells[] | select(.allocator == "as-installed"); .verdict == "unsafe")'
for host in php redis valkey nginx httpd cpython ruby node jvm perl postgresql mariadb bind varnish openldap samba-ldb \
  pam nss gstreamer gio qt ladspa-audacity lv2-lilv sqlite lua envoy openssl vulkan-loader mesa erlang r julia mold \
  swi-prolog; do
  holds good.json "any(.profiles[]; .name == \"$host\" and .source != \"\" and .flags != \"\")"
done
# What a plugin exports tells its kind.
for kind in php perl lua sqlite redis nginx node jvm openssl pam gio ruby; do
  build "$kind" "$kind.so"
  run 0 check --static "$kind.so" -o kind.json
  holds kind.json "any(.kinds[]; .profile == \"$kind\")"
done
build none none.so
run 0 check --static none.so -o kind.json
holds kind.json '.profiles | length == 1 and .[0].name == "generic"'
