#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# .ci/without_services takes away what packages enable while it runs, and leaves a machine's own policy and links alone.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
wants=$root/etc/systemd/system/multi-user.target.wants
mkdir -p "$wants" "$root/etc/rc2.d" "$root/etc/rc6.d" "$root/usr/sbin"
ln -s /lib/systemd/system/cron.service "$wants/cron.service"

# What the maintainer scripts of a server do.
cat >"$root/postinst" <<'SCRIPT'
set -e
root=$1
[ -x "$root/usr/sbin/policy-rc.d" ]
status=0
"$root/usr/sbin/policy-rc.d" redis-server start || status=$?
[ "$status" -eq 101 ]
grep -qx 'create_main_cluster = false' "$root/etc/postgresql-common/createcluster.d/crossheap.conf"
ln -s /lib/systemd/system/redis-server.service "$root/etc/systemd/system/multi-user.target.wants/redis-server.service"
ln -s /lib/systemd/system/redis-server.service "$root/etc/systemd/system/redis.service"
ln -s ../init.d/redis-server "$root/etc/rc2.d/S01redis-server"
ln -s ../init.d/redis-server "$root/etc/rc6.d/K01redis-server"
SCRIPT
CROSSHEAP_TEST_ROOT=$root .ci/without_services bash "$root/postinst" "$root"
(cd "$root" && find etc usr ! -type d | sort) | diff - <(printf '%s\n' etc/rc6.d/K01redis-server etc/systemd/system/multi-user.target.wants/cron.service)

# A policy of the machine's own stays, and a failing command's status is passed on.
echo own >"$root/usr/sbin/policy-rc.d"
status=0
CROSSHEAP_TEST_ROOT=$root .ci/without_services false || status=$?
[[ $status -eq 1 && $(<"$root/usr/sbin/policy-rc.d") == own ]]
