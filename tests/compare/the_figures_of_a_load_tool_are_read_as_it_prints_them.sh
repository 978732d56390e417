#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# the_figures_of_a_load_tool_are_read_as_it_prints_them.sh TOOL: the tool of this machine loads a real server, and each
# figure that compare has of a round is one that the tool printed in that round. The output is read twice: by compare, and
# here by the line that says it.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

tool=$1
needs() { command -v "$1" >/dev/null || { echo "$1 is not installed"; exit 77; }; }
needs "$tool"
PATH=$PATH:/usr/sbin
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# column TITLE: the number below the title, in the lines that redis-benchmark prints so.
column() { awk -v title="$1" '{ for (i = 1; i <= NF; ++i) if (at && i == at) { print $i; at = 0 } for (i = 1; i <= NF; ++i) if ($i == title) at = i }'; }

case $tool in
  wrk | ab | hey)
    needs nginx
    mkdir page && echo 'a page' >page/index.html
    chmod 755 . page # nginx's workers are nobody
    cat >nginx.conf <<CONF
daemon off; worker_processes 1; pid $PWD/pid; error_log stderr;
events { worker_connections 100; }
http { access_log off; client_body_temp_path $PWD/t1; proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3;
  uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5; server { listen 127.0.0.1:$port; root $PWD/page; } }
CONF
    server="nginx -e stderr -c $PWD/nginx.conf"
    ready=127.0.0.1:$port
    url=http://127.0.0.1:$port/
    ;;&
  wrk)
    load="wrk --latency -t 1 -c 4 -d 1s $url"
    throughput() { sed -n 's/^Requests\/sec: *//p'; }
    latency() { awk -v at="$1%" '$1 == at { v = $2; f = 1; if (sub(/us$/, "", v)) f = 0.001; else if (!sub(/ms$/, "", v)) { sub(/s$/, "", v); f = 1000 } print v * f }'; }
    ;;
  ab)
    load="ab -q -n 2000 -c 4 $url"
    throughput() { awk '/^Requests per second/ { print $4 }'; }
    latency() { awk -v at="$1%" '$1 == at && $2 > 0 { print $2 }'; } # in whole milliseconds: 0 is no figure
    ;;
  hey)
    load="hey -n 2000 -c 4 $url"
    throughput() { awk '$1 == "Requests/sec:" { print $2 }'; }
    latency() { awk -v at="^$1%+$" '$1 ~ at { print $3 * 1000 }'; }
    ;;
  redis-benchmark)
    needs redis-server
    server="redis-server --port $port --save '' --dir $PWD"
    ready=127.0.0.1:$port
    load="redis-benchmark -p $port -n 2000 -c 4 -t set"
    throughput() { awk '/throughput summary:/ { print $3 }'; }
    latency() {
      if [[ $1 != 99.9 ]]; then column "p$1"; else awk '/^Latency by/ { f = 1 } f && $1 >= "99.9" && /% <=/ { print $3; f = 0 }'; fi
    }
    ;;
  pgbench)
    programs=(/usr/lib/postgresql/*/bin)
    PATH=${programs[-1]}:$PATH
    needs initdb
    needs setpriv
    # postgres does not run as root. Its own folder: nobody else may look into this one.
    as=()
    data=$(mktemp -d /tmp/crossheap-pgbench-XXXXXX)
    trap 'rm -rf "$data"' EXIT
    if [[ $EUID -eq 0 ]]; then
      chown nobody "$data"
      as=(setpriv --reuid=nobody --clear-groups)
    fi
    (cd "$data" && "${as[@]}" initdb -D "$data/base" -A trust -U bench --no-sync) >initdb.log 2>&1 || { cat initdb.log; exit 1; }
    server="${as[*]} postgres -D $data/base -k $data -p $port -c listen_addresses= -c fsync=off"
    # Its socket is there before it answers.
    ready='ready to accept connections'
    echo 'SELECT 1;' >query.sql
    load="pgbench -h $data -p $port -U bench -n -c 2 -t 500 -f $PWD/query.sql postgres"
    throughput() { awk '$1 == "tps" { print $3 }'; }
    latency() { :; } # it prints an average, and no quantile
    ;;
esac

cat >load.sh <<LOAD
#!/bin/sh
$load >output 2>&1
status=\$?
cat output
cat output >>outputs
exit \$status
LOAD
chmod +x load.sh
run 0 compare --allocators glibc:CROSSHEAP_NOTHING=1 --no-ownership-check --measure-all --runs 1 --server "$server" \
  --ready "$ready" --load ./load.sh --format json -o result.json
printed() { "$@" <outputs | sort -n | tr '\n' ' '; }
# read_of QUANTITY: what compare has of the quantity in each of the round's runs.
read_of() { jq -r --arg q "$1" '[.again[$q][]?, .allocators[].samples[$q][]?] | map(select(. != null))[]' result.json; }
# holds QUANTITY READER...: each figure of the quantity was printed, and so many of them were that all are there.
holds() {
  local quantity=$1 value all
  shift
  all=$(printed "$@")
  [[ -n $(read_of "$quantity") || -z $all ]] || { echo "$quantity was not read; the tool printed $all"; exit 1; }
  for value in $(read_of "$quantity"); do
    awk -v value="$value" -v all="$all" 'BEGIN { n = split(all, one, " "); for (i = 1; i <= n; ++i)
      if (one[i] - value < 1e-6 * value && value - one[i] < 1e-6 * value) exit 0; exit 1 }' ||
      { echo "$quantity: $value was read, and the tool printed $all"; exit 1; }
  done
}
[[ $(read_of throughput | wc -l) -eq 3 ]] || { echo 'a round has no throughput'; tail -n 40 outputs; exit 1; }
holds throughput throughput
holds p50 latency 50
holds p99 latency 99
holds p99.9 latency 99.9
[[ $tool != pgbench || -z $(read_of p50) ]] || { echo "an average was taken for the median"; exit 1; }
