#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The experiment knows what each of its plugin builds does on libc's malloc and on a preloaded jemalloc: whether a case
# crosses or fails. `check` must call exactly those cells unsafe, each with a finding or a failed case, and the others
# safe, without one. Two load modes; with CROSSHEAP_LONG all four.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

modes=(local deepbind)
[[ -z ${CROSSHEAP_LONG-} ]] || modes=(local global deepbind namespace)
folder=$BUILD/lib/crossheap
mapfile -t plugins < <(jq -r '.plugins[] | select((.only_host // "") == "") | .file' "$folder/experiment.json")
present=()
for plugin in "${plugins[@]}"; do [[ -e $folder/$plugin ]] && present+=("$folder/$plugin"); done
((${#present[@]})) || skip 'no plugin of the experiment is built'

printf -v list '"%s", ' "${modes[@]}"
cat >modes.toml <<TOML
name = "modes"
about = "the experiment's hosts"
flags = "those of its load modes"
modes = [${list%, }]
source = "docs/experiment.md"
no_host = "our own runner is the host"
TOML
named=()
for plugin in "${present[@]}"; do
  named+=(--plugin "$plugin")
  "$CROSSHEAP" check --profile ./modes.toml --allocators as-installed,jemalloc "$plugin" -o "$(basename "$plugin").json" >out 2>err
  [[ $? -le 1 ]] || { cat err; exit 1; }
done
"$CROSSHEAP" matrix --host system --host preload-jemalloc "${modes[@]/#/--mode=}" "${named[@]}" -o matrix.json >out 2>err
[[ $? -le 1 ]] || { cat err; exit 1; }
python3 - "${present[@]}" <<'PYTHON'
import json, os, sys
matrix = json.load(open("matrix.json"))
hosts = {"as-installed": "system", "jemalloc": "preload-jemalloc"}
bad, played = set(), set()
loads = {(one["host"], os.path.basename(one["plugin"]), one["mode"]): one["by_default"]["words"] for one in matrix["loads"]}
for case in matrix["cases"]:
    where = (case["host"], os.path.basename(case["plugin"]), case["mode"])
    played.add(where)
    if case.get("crosses") or case["outcome"]["kind"] != "survived":
        bad.add(where)
wrong, cells = [], 0
for plugin in sys.argv[1:]:
    name = os.path.basename(plugin)
    check = json.load(open(name + ".json"))
    for cell in check["cells"]:
        where = (hosts[cell["allocator"]], name, cell["mode"])
        cells += 1
        real = [f for f in cell["findings"] if check["findings"][f]["level"] != "note"]
        if where in bad:
            good = cell["verdict"] == "unsafe" and (real or "in a host of ours" in cell["reason"])
        elif where in played:
            # By default the loader may refuse what the experiment opens with more room for thread-local storage.
            good = cell["verdict"] in ("safe", "not opened") and not real
        else:
            # A host that dies while it opens the plugin plays no case: libgfortran does that under deepbind on jemalloc.
            died = loads.get(where, "").startswith(("aborted", "crashed"))
            good = cell["verdict"] == ("unsafe" if died else "not opened")
        if not good:
            wrong.append(f"{where}: {cell['verdict']}: {cell['reason']}")
print(f"{cells} cells, {len(bad)} unsafe, wrong: {len(wrong)}")
print("\n".join(wrong))
sys.exit(bool(wrong))
PYTHON
