#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A report of thousands of findings is cut to what a comment holds, errors first, and says what it leaves out.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

python3 - <<'END_OF_SCRIPT'
import json
finding = lambda i, level: {"id": "XH201", "level": level, "summary": f"finding {i} " + "x" * (i % 7) * 900, "subject": f"/some/folder/file{i}.so", "evidence": ["<e>" * 500] * 3, "fix": "f"}
json.dump({"schema": "crossheap.check/1", "findings": [finding(i, ["note", "warning", "error"][i % 3]) for i in range(5000)],
           "problems": [{"subject": f"p{i}", "reason": "r" * 200} for i in range(1000)]}, open("many.json", "w"))
json.dump({"schema": "crossheap.check/1", "findings": [finding(1, "error")], "problems": []}, open("one.json", "w"))
END_OF_SCRIPT
run 1 report many.json -o many.md
[[ $(wc -m <many.md) -lt 65536 ]] || { echo "$(wc -m <many.md) characters"; exit 1; }
says many.md '## crossheap check: 1,666 errors, 1,667 warnings and 1,667 notes; 1,000 not examined'
grep -Eq '^[0-9,]+ more findings are left out' many.md || exit 1
grep -Eq '^[0-9,]+ more problems are left out' many.md || exit 1
! grep -q '^| note' many.md || { echo 'notes take the place of errors'; exit 1; }
[[ $(grep -c '<details>' many.md) -eq $(grep -c '</details>' many.md) ]] || exit 1
run 1 report one.json -o one.md
! grep -q 'left out' one.md || exit 1
