#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# nginx, a master with two workers, answers as it does alone; each of its processes ends well, and there is no report.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/../trace/trace.bash"
need nginx
need perl

mkdir -p logs page
seq 10000 >page/numbers
user=
[[ $EUID -ne 0 ]] || user='user root;'
cat >nginx.conf <<C
$user
daemon off;
worker_processes 2;
pid nginx.pid;
error_log logs/error.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  gzip on; gzip_min_length 100; gzip_types *;
  server { listen unix:$PWD/nginx.sock; location / { root page; } }
}
C
cat >ask.pl <<'P'
use IO::Socket::UNIX;
my $to;
for (1 .. 300) { last if $to = IO::Socket::UNIX->new(Peer => "nginx.sock"); select(undef, undef, undef, 0.1); }
for my $coding ("identity", "gzip") {
  $to = IO::Socket::UNIX->new(Peer => "nginx.sock") or die;
  print $to "GET /numbers HTTP/1.0\r\nAccept-Encoding: $coding\r\n\r\n";
  my $answer = join "", <$to>;
  print +(split /\r\n/, $answer)[0], " ", length((split /\r\n\r\n/, $answer, 2)[1]), "\n";
}
P
# shellcheck disable=SC2016
serve='rm -f nginx.sock; nginx -p "$PWD" -c nginx.conf 2>/dev/null & server=$!; perl ask.pl; nginx -p "$PWD" -c nginx.conf -s quit 2>/dev/null; wait $server'
bash -c "$serve" >plain.out || fails 'nginx does not serve here'
says plain.out 'HTTP/1.1 200 OK 48894'
for depth in ownership sites stacks; do
  trace --depth "$depth" -- bash -c "$serve"
  ended_with 0
  diff plain.out out || fails "depth $depth"
  expect '.crossings | length' 0
  expect '.processes | map(select(.outcome.kind == "killed")) | length' 0
done
