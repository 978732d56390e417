#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What is found in files has the same hazards, levels and subjects in each form, and hostile names break none of them.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

cat >plugin.c <<'END'
#include <stdlib.h>
void *malloc(size_t n) { (void)n; return 0; }
void free(void *p) { (void)p; }
END
name=$'odd | <b>&\x01\xff\nname.so'
cc -shared -fPIC -fno-builtin -o plugin.so plugin.c || exit 77
cp plugin.so "$name"
printf 'not an ELF file at all, only text\n' >text.so

run 2 inspect plugin.so "$name" text.so -o report.json -o report.sarif -o report.xml -o report.md
facts=$(jq -r '.files[] | .findings // [] | .[] | "\(.id) \(.level)"' report.json | sort)
sarif=$(jq -r '.runs[0].results[] | "\(.ruleId) \(.level)"' report.sarif | sort)
[[ -n $facts && $facts == "$sarif" ]] || { diff <(echo "$facts") <(echo "$sarif"); exit 1; }

# One rule for each hazard of the catalogue, each with help; each result points to its own.
jq -e '.version == "2.1.0" and (.runs | length == 1)
  and (.runs[0].tool.driver.rules | length >= 39 and all(.help.text != "" and .help.markdown != "" and .shortDescription.text != ""))
  and (.runs[0] as $run | $run.results | all(.ruleId == $run.tool.driver.rules[.ruleIndex].id))
  and (.runs[0].results | all(.locations[0].physicalLocation.artifactLocation.uri | test("^[A-Za-z0-9._~/%-]+$")))' \
  report.sarif >jq.out || { cat report.sarif; exit 1; }
# A relative path stays one; other bytes are encoded.
jq -e '[.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri] | unique ==
  ["odd%20%7C%20%3Cb%3E%26%01%FF%0Aname.so", "plugin.so"]' report.sarif >jq.out || { cat jq.out report.sarif; exit 1; }
# What could not be examined is no result, and not passed over.
jq -e '.runs[0].invocations[0] | .executionSuccessful == false and
  (.toolExecutionNotifications | length == 1 and (.[0].message.text | startswith("text.so: ")))' report.sarif >jq.out ||
  { cat report.sarif; exit 1; }
# No two results of a report have one fingerprint.
jq -e '[.runs[0].results[].partialFingerprints["crossheap/v1"]] | length == (unique | length)' report.sarif >jq.out ||
  { cat report.sarif; exit 1; }

# The fingerprint is that of the finding, not of its folder, of the other results, or of the run.
mkdir elsewhere
cp plugin.so elsewhere/
run 1 inspect plugin.so -o one.sarif
run 1 inspect elsewhere/plugin.so -o two.sarif
prints='[.runs[0].results[].partialFingerprints["crossheap/v1"]] | sort'
[[ $(jq -c "$prints" one.sarif) == "$(jq -c "$prints" two.sarif)" ]] || exit 1

# JUnit: well-formed, a case for each hazard that is more than a note, an error for what could not be read.
python3 - <<'END' || exit 1
import json, xml.etree.ElementTree as xml
suite = xml.parse("report.xml").getroot().find("testsuite")
cases = suite.findall("testcase")
failures = [case for case in cases if case.find("failure") is not None]
errors = [case for case in cases if case.find("error") is not None]
files = json.load(open("report.json"))["files"]
failing = {(f["file"], x["id"]) for f in files for x in f.get("findings", []) if x["level"] != "note"}
assert len(failures) == len(failing) == int(suite.get("failures")) > 0, (len(failures), failing)
assert [case.get("name") for case in errors] == ["text.so"] and suite.get("errors") == "1"
assert int(suite.get("tests")) == len(cases)
END
run 0 inspect /bin/true -o clean.xml
python3 - <<'END' || exit 1
import xml.etree.ElementTree as xml
suite = xml.parse("clean.xml").getroot().find("testsuite")
assert [case.get("name") for case in suite] == ["/bin/true"] and suite.get("failures") == "0"
END

# Markdown: one row a finding, and no name breaks the table or becomes markup.
[[ $(grep -cE '^\| (note|warning|error) \|' report.md) -eq $(jq '.runs[0].results | length' report.sarif) ]] ||
  { cat report.md; exit 1; }
says report.md 'odd \| &lt;b&gt;&amp;'
! grep -qF '<b>' report.md || exit 1
says report.md 'Not examined:'
