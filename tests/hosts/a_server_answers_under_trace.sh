#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A server that runs jemalloc and forks to save its data does its work under trace, without a report.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/../trace/trace.bash"
need redis-server
need redis-cli

socket=$PWD/redis.sock
# shellcheck disable=SC2016
for depth in ownership stacks; do
  trace --depth "$depth" -- bash -c '
    redis-server --port 0 --unixsocket "$0" --dir . --save "" --appendonly no --enable-debug-command yes >server.out & server=$!
    for try in $(seq 300); do [[ $(redis-cli -s "$0" ping 2>&1) == PONG ]] && break; read -rt 0.1 <> <(:) || true; done
    redis-cli -s "$0" debug populate 20000
    redis-cli -s "$0" save
    redis-cli -s "$0" dbsize
    redis-cli -s "$0" shutdown nosave
    wait $server' "$socket"
  ended_with 0
  says out 20000
  expect '.crossings | length' 0
done
