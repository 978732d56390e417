#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The HTML report of every verb opens in a browser without a script error, a request, a dead link or too little contrast,
# at 1,600 px in light and at 400 px in dark colours; a name of a stranger never becomes markup; 200,000 cases open in under two
# seconds from under 20 MB.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

skip() {
  echo "skipped: $*"
  exit 77
}
command -v chromium >/dev/null || skip "chromium is not installed"
command -v npm >/dev/null || skip "npm is not installed"
npm install --prefix modules --no-audit --no-fund --ignore-scripts playwright-core@1 axe-core@4 >npm.log 2>&1 ||
  skip "npm cannot bring playwright-core and axe-core: $(grep -m 1 -i error npm.log)"

# A file with every character that could matter in its name, and in the strings of its finding.
cat >plugin.c <<'END_OF_SOURCE'
#include <stdlib.h>
void *malloc(size_t n) { (void)n; return 0; }
void free(void *p) { (void)p; }
END_OF_SOURCE
name=$'</script><script>alert(1)<!-- <img src=x onerror=alert(2)> &amp;\x01\xff\xe2\x80\xae"\'\nend.so'
name=${name//\//_}
cc -shared -fPIC -fno-builtin -o "$name" plugin.c || exit 77
mkdir folder
cp "$name" folder
run 1 inspect "$name" folder -o inspect.html -o inspect.json
! grep -qF '<script>alert' inspect.html || { echo 'a name became markup'; exit 1; }
! grep -qP '[^\x00-\x7f]' <(sed -n '/id="report"/,$p' inspect.html | grep -F '"schema"') || { echo 'the JSON is not ASCII'; exit 1; }

run 1 bind --host "$BUILD/lib/crossheap/runners/jemalloc" "$BUILD/lib/crossheap/plugins/system.so" -o bind.html
"$CROSSHEAP" trace -o trace.json -- "$BUILD/lib/crossheap/runners/jemalloc" --plugin "$BUILD/lib/crossheap/plugins/system.so" \
  --mode deepbind --scenario malloc --direction to-plugin >run.log 2>&1 </dev/null
run 1 report trace.json -o trace.html

# What check and compare write, with a cell of each verdict and a plot of each kind.
python3 - <<'END_OF_SCRIPT'
import json
verdicts = ["safe", "unsafe", "not opened", "host fails alone", "not tried"]
evil = "</script><script>alert(3)</script>\u202e"
finding = {"id": "XH201", "name": "crossing free", "level": "error", "summary": "a block crosses " + evil, "evidence": [evil], "fix": "x", "subject": "p.so",
           "stage": "drill", "known": False, "cells": [1], "incident": {"hazard": "XH201", "level": "error", "subject": "p.so", "summary": "a block crosses", "count": 1, "function": "free", "owner": {"family": "jemalloc", "object": "/h", "namespace": 0, "unloaded": False},
           "releaser": {"family": "glibc", "object": "/libc.so.6", "namespace": 0, "unloaded": False}, "block": "0x1", "size": 5,
           "release_stack": [{"address": "0x1", "object": "/h", "offset": "0x2", "function": "f", "file": "f.c", "line": 3}], "allocation_stack": [], "pids": [7], "because": "b", "next_step": "n"}}
cells = [{"profile": "php", "mode": "local", "allocator": f"allocator{i}", "verdict": v, "reason": "because " + evil, "rests_on": ["5 drills"], "proven": False, "calls": 0,
          "findings": [0] if v == "unsafe" else [], "stages": [{"stage": "drill", "name": "fork", "state": "failed", "reason": "r", "took_ms": 3, "output": evil}], "scopes": 0}
         for i, v in enumerate(verdicts)]
json.dump({"schema": "crossheap.check/1", "plugin": "/p.so", "with": [evil], "static": False, "shard": "1/1", "kinds": [{"profile": "php", "because": evil}], "cells": cells, "findings": [finding], "problems": [],
           "unconfined": [], "took_ms": 5, "interrupted": False,
           "allocators": [{"name": f"allocator{i}", "preload": None, "available": True, "reason": ""} for i in range(len(verdicts))],
           "profiles": [{"name": "php", "about": "a", "flags": "RTLD_LAZY", "modes": ["local"], "heaps": "h", "contract": evil, "source": "s", "file": "/php.toml",
                         "host": {"program": None, "executable": None, "package": "php", "drives": True, "why_not": ""}}],
           "scopes": [{"host": "/usr/bin/php", "mode": "local", "preloads": [], "objects": [{"name": n, "path": "/" + n, "role": "plugin", "namespace": 0, "allocates_from": [evil], "releases_to": []} for n in ("p.so", "libc.so.6", evil)],
                       "scopes": [{"of": "p.so", "order": [[evil, "p.so"], ["libc.so.6"]]}], "bindings": [{"object": "p.so", "symbol": "malloc", "provider": "libc.so.6", "instance": "glibc", "because": evil}]}]},
          open("check.json", "w"))
json.dump({"schema": "crossheap.compare/1", "sentence": "jemalloc is faster.", "findings": [], "table": {"columns": ["allocator", "ms"], "rows": [["glibc", 3.5], [evil, 2]]}, "plots": [
  {"kind": "intervals", "title": "Time", "unit": "%", "baseline": 0, "rows": [{"label": evil, "value": -12.1, "low": -13, "high": -11}, {"label": "b", "value": 4, "low": 1, "high": 7, "level": "error"}]},
  {"kind": "lines", "title": "RSS", "x": "s", "y": "MiB", "series": [{"label": "g", "points": [[0, 1], [1, 5]]}, {"label": evil, "points": [[0, 2], [1, 3]]}]},
  {"kind": "histogram", "title": "Sizes", "unit": "blocks", "rows": [{"label": "16..31", "value": 1234}, {"label": "32..63", "value": 0}]}]}, open("compare.json", "w"))
import itertools
hosts, plugins = [f"host{i}" for i in range(40)], [f"plugin{i}" for i in range(36)]
modes = ["local", "global", "global-lazy", "deepbind", "global+deepbind", "global+deepbind-lazy", "namespace"]
scenarios = [f"scenario{i}" for i in range(10)]
cases = []
for n, (h, p, m, s, d) in enumerate(itertools.product(hosts, plugins, modes, scenarios, ["to-plugin", "to-host"])):
    if n == 200_000: break
    bad = (n // 20) % 5 == 0
    cases.append({"host": h, "plugin": p, "mode": m, "scenario": s, "direction": d, "contract": "a" if s < "scenario6" else "b", "crosses": bad,
                  "outcome": {"kind": "aborted" if bad else "survived", "words": "aborted" if bad else "survived", **({"message": "free(): invalid pointer"} if bad else {})},
                  "runs": 1, "survived": 0 if bad else 1})
assert len(cases) == 200_000
json.dump({"schema": "crossheap.matrix/1", "summary": {"cases": 200_000, "planned": 200_000, "repeat": 1, "shard": "1/1", "interrupted": False, "seconds": 1.0,
  "sandbox": {"seccomp": True, "landlock_abi": 1}}, "hosts": [{"name": h, "family": "f", "preload": "", "about": h} for h in hosts],
  "plugins": [{"name": p, "family": "f", "about": p} for p in plugins], "modes": modes,
  "scenarios": [{"name": s, "contract": "a", "acquired_by": "malloc", "released_by": ["free"], "sentence": "x"} for s in scenarios],
  "left_out": [], "loads": [], "cases": cases}, open("matrix.json", "w"))
END_OF_SCRIPT
run 1 report check.json -o check.html
run 0 report compare.json -o compare.html
"$CROSSHEAP" report matrix.json -o matrix.html >/dev/null 2>err || [[ $? -eq 1 ]] || { cat err; exit 1; }
[[ $(stat -c %s matrix.html) -lt 20000000 ]] || { echo "matrix.html is $(stat -c %s matrix.html) bytes"; exit 1; }
says check.html 'id="report"'

here=$(dirname "$0")
node "$here/page.mjs" modules inspect.html bind.html trace.html check.html compare.html || exit 1
# The machine may be busy with other tests: the page alone takes under a second.
MOST_MILLISECONDS=2000 node "$here/page.mjs" modules matrix.html || MOST_MILLISECONDS=2000 node "$here/page.mjs" modules matrix.html
