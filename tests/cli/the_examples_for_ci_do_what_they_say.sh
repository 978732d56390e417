#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The shell of examples/ci runs as the CI systems would run it: the steps of the GitHub action, the job for GitLab, the entry of
# the pre-commit hook, Meson's test and make's goal. Each is clean for a good plugin and fails for one with an allocator.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

python3 -c 'import yaml' 2>/dev/null || { echo 'skipped: python3-yaml is not installed'; exit 77; }
PATH=$(dirname "$CROSSHEAP"):$PATH
examples=$SOURCE/examples/ci
# The verb that runs plugins too, where this program has it.
command=inspect
! "$CROSSHEAP" --help | grep -q '^  check ' || command=check

mkdir -p build/lib bad
cc -shared -fPIC -o build/lib/good.so "$examples/build-systems/my_plugin.c" || exit 77
cc -shared -fPIC -fno-builtin -DCARRIES_AN_ALLOCATOR -o "bad/a bad one.so" "$examples/build-systems/my_plugin.c"
cp "bad/a bad one.so" bad/bad.so

fail() {
  printf '%s\n' "$@"
  exit 1
}

# GitHub: each step's shell with its environment, its expressions filled in; gh is ours.
mkdir bin
cat >bin/gh <<'END_OF_SCRIPT'
#!/bin/sh
echo "gh $*" >>gh.log
case "$*" in *--edit-last*) exit 1;; esac
END_OF_SCRIPT
chmod +x bin/gh
cat >steps.py <<'END_OF_SCRIPT'
import os, re, subprocess, sys, yaml
action, plugins, command, arguments = sys.argv[1:]
document = yaml.safe_load(open(action))
values = {"inputs." + name: one.get("default", "") for name, one in document["inputs"].items()}
values |= {"inputs.plugins": plugins, "inputs.command": command, "inputs.arguments": arguments, "github.action_path": os.path.dirname(action), "github.token": "t",
           "github.event.pull_request.number": "12"}
status = 0
for step in document["runs"]["steps"]:
    if "run" not in step or step.get("if") == "inputs.package != ''":
        continue
    assert step["shell"] == "bash", step
    fill = lambda text: re.sub(r"\$\{\{ *([^ }]+) *\}\}", lambda found: values[found[1]], text)
    env = {name: fill(str(value)) for name, value in step.get("env", {}).items()}
    open("output", "w").close()
    # As the runner calls it.
    status = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", fill(step["run"])],
                            env={**os.environ, **env, "GITHUB_STEP_SUMMARY": "summary.md", "GITHUB_OUTPUT": "output"}).returncode
    for line in open("output"):
        name, value = line.strip().split("=", 1)
        values[f"steps.{step.get('id')}.outputs.{name}"] = value
    if status:
        print(f"step '{step['name']}' ended with {status}")
        break
sys.exit(status)
END_OF_SCRIPT
github() { PATH=$PWD/bin:$PATH python3 steps.py "$examples/github-action/action.yml" "$@" >log 2>&1; }
github build/lib/good.so inspect '' || fail "the action fails for a good plugin" "$(cat log)"
grep -q '^gh pr comment 12 --body-file' gh.log || fail 'no comment was written' "$(cat gh.log)"
jq -e '.runs[0].tool.driver.name == "crossheap"' crossheap-report/good.so.sarif >/dev/null || fail 'no SARIF'
grep -q '^## crossheap inspect' summary.md || fail 'no summary'
rm -rf crossheap-report
status=0
github $'build/lib/good.so\n  bad/bad.so' inspect '--policy artifact' || status=$?
[[ $status -eq 1 ]] || fail "the action ends with $status for a bad plugin" "$(cat log)"
grep -q "step 'Result'" log || fail 'it fails before the comment is written' "$(cat log)"
[[ -s crossheap-report/bad.so.html && -s crossheap-report/good.so.html ]] || fail 'no pages'
rm -rf crossheap-report
status=0
github no_such.so inspect '' || status=$?
[[ $status -eq 3 ]] || fail "the action ends with $status for a plugin that is not there" "$(cat log)"

# GitLab: its script is sh's, and an element after another.
cat >job.py <<'END_OF_SCRIPT'
import os, subprocess, sys, yaml
job = yaml.safe_load(open(sys.argv[1]))["crossheap"]
env = {**os.environ, **job["variables"], "CROSSHEAP_CI": sys.argv[2], "PLUGINS": sys.argv[3], "COMMAND": sys.argv[4]}
assert job["artifacts"]["reports"]["codequality"] == "crossheap-report/code_quality.json"
for line in job["before_script"] + job["script"]:
    status = subprocess.run(["sh", "-e", "-c", line], env=env).returncode
    if status:
        sys.exit(status)
END_OF_SCRIPT
rm -rf crossheap-report
python3 job.py "$examples/gitlab/crossheap.gitlab-ci.yml" "$examples/crossheap_ci" 'build/lib/*.so' inspect >log 2>&1 || fail "the job fails for a good plugin" "$(cat log)"
[[ -s crossheap-report/good.so.xml ]] || fail 'no JUnit'
rm -rf crossheap-report
# check tries namespaces too, in which a plugin is seldom safe: findings are an answer as well.
status=0
python3 job.py "$examples/gitlab/crossheap.gitlab-ci.yml" "$examples/crossheap_ci" 'build/lib/*.so' "$command" >log 2>&1 || status=$?
[[ $status -le 1 && -s crossheap-report/good.so.html ]] || fail "the job ends with $status" "$(cat log)"
jq -e 'type == "array"' crossheap-report/code_quality.json >/dev/null || exit 1
rm -rf crossheap-report
status=0
python3 job.py "$examples/gitlab/crossheap.gitlab-ci.yml" "$examples/crossheap_ci" 'build/lib/*.so bad/b*.so' inspect >log 2>&1 || status=$?
[[ $status -eq 1 ]] || fail "the job ends with $status for a bad plugin" "$(cat log)"
jq -e 'length > 0 and all(.description != "" and (.check_name | test("^XH[0-9]+$")) and .fingerprint != "" and .location.lines.begin > 0 and
  (.severity | IN("info", "minor", "major", "critical", "blocker")))' crossheap-report/code_quality.json >/dev/null || fail "$(cat crossheap-report/code_quality.json)"
python3 -c 'import xml.etree.ElementTree as xml; assert xml.parse("crossheap-report/bad.so.xml").getroot().find("testsuite").get("failures") != "0"' || exit 1
# A name with spaces, and the same name twice.
rm -rf crossheap-report
status=0
"$examples/crossheap_ci" crossheap-report inspect 'bad/a bad one.so' bad/bad.so bad/../bad/bad.so -- --policy artifact >log 2>&1 || status=$?
[[ $status -eq 1 && -s 'crossheap-report/a bad one.so.sarif' && -s crossheap-report/bad.so_.sarif ]] || fail "$(cat log)"

# pre-commit runs the entry with the files.
entry=$(python3 -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))[0]["entry"])' "$examples/.pre-commit-hooks.yaml")
pattern=$(python3 -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))[0]["files"])' "$examples/.pre-commit-hooks.yaml")
for file in build/lib/good.so libx.so.1.2 libx.a; do [[ $file =~ $pattern ]] || fail "the hook passes $file over"; done
[[ ! sources.so.txt =~ $pattern ]] || exit 1
bash -c "$entry \"\$@\"" - build/lib/good.so >log 2>&1 || fail "the hook refuses a good plugin" "$(cat log)"
! bash -c "$entry \"\$@\"" - build/lib/good.so bad/bad.so >log 2>&1 || fail "the hook lets a bad plugin pass"

# Meson and make; the lines of the README are those of the files.
grep -qF "$(grep '^test(' "$examples/build-systems/meson.build")" "$examples/README.md" || fail 'the README has another line for Meson'
grep -qF "$(grep '^	crossheap' "$examples/build-systems/Makefile")" "$examples/README.md" || fail 'the README has another line for make'
cp -r "$examples/build-systems" sources
make -C sources check >log 2>&1 || fail "make check fails for a good plugin" "$(cat log)"
! make -C sources -B check CFLAGS='-DCARRIES_AN_ALLOCATOR -fno-builtin' >log 2>&1 || fail 'make check lets a bad plugin pass'
grep -q XH118 log || fail "$(cat log)"
if command -v meson >/dev/null; then
  { meson setup built sources && meson test -C built; } >log 2>&1 || fail "meson test fails for a good plugin" "$(cat log)"
  meson setup built_bad sources -Dc_args='-DCARRIES_AN_ALLOCATOR -fno-builtin' >log 2>&1 || fail "$(cat log)"
  ! meson test -C built_bad >>log 2>&1 || fail 'meson test lets a bad plugin pass'
fi
