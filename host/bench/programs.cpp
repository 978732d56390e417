// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bench/programs.h"

#include <array>

namespace crossheap::bench {

namespace {

constexpr std::array kPrograms{
    Program{"redis", "redis-server with 60,000 values set and read", "redis-server", "redis-server",
            R"sh(set -e
mkfifo said
redis-server --port 0 --unixsocket "$PWD/socket" --save '' --appendonly no >said &
server=$!
grep -qim1 'ready to accept' said
cat said >/dev/null &
i=0
while [ $i -lt $((SCALE * 600)) ]; do echo "SET key:$i value-of-$i-$i-$i-$i"; i=$((i + 1)); done >commands
env -u LD_PRELOAD redis-cli -s "$PWD/socket" <commands | grep -c OK >stored
env -u LD_PRELOAD redis-cli -s "$PWD/socket" get key:7 >read
env -u LD_PRELOAD redis-cli -s "$PWD/socket" shutdown nosave || true
wait $server
[ "$(cat stored)" = $((SCALE * 600)) ] && grep -q 'value-of-7-7-7-7' read && echo right)sh",
            ""},
    Program{"sqlite3", "a table, an index and a grouping in memory", "sqlite3", "sqlite3",
            R"sh(n=$((SCALE * 1500))
exec sqlite3 :memory: "CREATE TABLE t(i INTEGER, name TEXT, v REAL);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $n) INSERT INTO t SELECT i, 'name ' || (i % 1000), i FROM c;
CREATE INDEX x ON t(name);
SELECT CASE WHEN sum(s) = $n * ($n + 1.0) / 2 AND count(*) <= 1000 THEN 'right' ELSE 'wrong' END FROM (SELECT name, sum(v) AS s FROM t GROUP BY name);")sh",
            ""},
    Program{"lua", "tables of strings", "lua5.4", "lua5.4",
            R"sh(exec lua5.4 -e 'local n = tonumber(os.getenv("SCALE")) * 3000
local t = {}
for i = 1, n do t[i % 5000 + 1] = { name = "item " .. i, value = i, tags = { "a" .. i % 7, "b" .. i % 11 } } end
local sum = 0
for _, one in pairs(t) do sum = sum + one.value end
local last = 0
for i = math.max(1, n - 4999), n do last = last + i end
print(sum == last and "right" or "wrong")')sh",
            ""},
    Program{"python", "json of CPython with PYTHONMALLOC=malloc", "python3", "python3",
            R"sh(exec python3 -c 'import json, os
n = int(os.environ["SCALE"]) * 60
data = {"rows": [{"id": i, "name": "row %d" % i, "parts": [i, i + 1, str(i)]} for i in range(n)]}
for _ in range(4): data = json.loads(json.dumps(data))
print("right" if sum(row["id"] for row in data["rows"]) == n * (n - 1) // 2 else "wrong")')sh",
            "PYTHONMALLOC=malloc"},
    Program{"gcc", "a file of 200 functions with -O2", "gcc", "gcc",
            R"sh(set -e
i=0
while [ $i -lt $((SCALE * 2)) ]; do
  echo "int f$i(int *a, int n) { int s = $i; for (int j = 0; j < n; ++j) { if (a[j] > s) s += a[j] * $i; else a[j] ^= s; } return s; }"
  i=$((i + 1))
done >many.c
gcc -O2 -c many.c -o many.o
[ "$(nm many.o | grep -c ' T f')" = $((SCALE * 2)) ] && echo right)sh",
            ""},
    Program{"git", "commits of files, packed", "git", "git",
            R"sh(set -e
export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q repository && cd repository
i=0
while [ $i -lt $((SCALE * 5)) ]; do seq $i $((i + 400)) >file-$i; i=$((i + 1)); done
git add . && git commit -qm one
i=0
while [ $i -lt $((SCALE * 5)) ]; do echo $i >>file-$i; i=$((i + 2)); done
git add . && git commit -qm two && git repack -qadf --threads=1
[ "$(git rev-list --objects --all | wc -l)" -gt $((SCALE * 5)) ] && git fsck --full >/dev/null 2>&1 && echo right)sh",
            ""},
    Program{"ffmpeg", "a made picture, scaled and encoded", "ffmpeg", "ffmpeg",
            R"sh(n=$((SCALE * 2))
bytes=$(ffmpeg -v error -f lavfi -i testsrc=size=640x360:rate=25 -frames:v $n -vf scale=320:240 -f rawvideo -pix_fmt yuv420p - | wc -c)
[ "$bytes" = $((n * 115200)) ] && echo right)sh",
            ""},
    Program{"perl", "a hash of strings", "perl", "perl",
            R"sh(exec perl -e 'my $n = $ENV{SCALE} * 4000; my %h = map { $_ => "x" x ($_ % 50) } 1 .. $n;
my $sum = 0; $sum += length for values %h; my $want = 0; $want += $_ % 50 for 1 .. $n; print $sum == $want ? "right\n" : "wrong\n"')sh",
            ""},
};

}  // namespace

std::span<const Program> programs() noexcept { return kPrograms; }

}  // namespace crossheap::bench
