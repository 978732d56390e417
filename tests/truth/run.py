#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds `crossheap trace` to its two promises: a watched program does what it does alone, and a report is true.

Each file in cases/ is one program. Its head says in a sentence what it claims, how it is built, and what is true of it.
The driver builds it, runs it alone, and then under `crossheap trace` at every depth with every policy. README.md
describes the words of the head.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASES = HERE / "cases"
KNOWN_FAILURES = HERE / "known_failures"

DEPTHS = ("ownership", "auto", "sites", "stacks")
POLICIES = ("report", "abort", "route")
COULD_NOT = 3
ABORTED = 128 + signal.SIGABRT
COMPILERS = {".c": "cc", ".cpp": "c++", ".S": "cc"}
WORDS = (
    "build", "prepare", "run", "needs", "truth", "alone", "abort", "route", "prints", "named", "output", "deadline", "depths",
    "policies", "options", "limit", "report", "never",
)
STOPPING = ("XH201", "XH202", "XH203")  # the hazards that a policy acts on


class BadCase(Exception):
    """The case itself is wrong: its head, its build, or what it says about the program alone."""


class Skipped(Exception):
    """The machine lacks what the case needs."""


@dataclasses.dataclass
class Expected:
    """One `truth:` line: a finding that is true of the program."""

    hazard: str
    function: str = ""
    owner: str = ""
    releaser: str = ""
    count: str = "1"
    detail: str = ""
    routed: str = "routed to its owner"
    depths: tuple = DEPTHS
    maybe: bool = False

    def text(self):
        parties = f" owner={self.owner or 'any'} releaser={self.releaser or 'any'}"
        return f"{self.hazard} {self.function or 'any function'}{parties} count={self.count} {self.detail}".rstrip()

    def is_of(self, finding):
        return (
            finding["hazard"] == self.hazard
            and self.function in ("", finding["function"])
            and party_fits(self.owner, finding["owner"])
            and party_fits(self.releaser, finding["releaser"])
            and (not self.detail or self.detail == finding["detail"])
        )

    def count_fits(self, count):
        if self.count == "any":
            return True
        if self.count.endswith("+"):
            return count >= int(self.count[:-1])
        return count == int(self.count)


def with_auto(depths):
    """What holds at ownership holds at auto, which finds the same and only tells more of it."""
    return depths + ["auto"] if "ownership" in depths and "auto" not in depths else depths


def party_fits(wanted, party):
    """`wanted` is NAME, NAME:FAMILY, :FAMILY, or unknown for an object that nobody knows; NAME is the file's name."""
    name, _, family = wanted.partition(":")
    if name == "unknown":
        return party["object"] == ""
    return name in ("", party["object"]) and family in ("", party["family"])


class Case:
    """One file of cases/, read."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.cls = self.name.split("_")[0]
        self.claim = ""
        self.builds = []
        self.words = collections.defaultdict(list)
        self.expected = []
        self.read()

    def read(self):
        mark = "#" if self.path.suffix in (".sh", ".py") else "//"
        for line in self.path.read_text().splitlines():
            if line.startswith("#!"):
                continue
            if not line.startswith(mark):
                break
            text = line[len(mark):].strip()
            if text in ("clang-format off", "clang-format on"):  # around a word that is longer than a line
                continue
            word, colon, rest = text.partition(":")
            if colon and word in WORDS:
                self.words[word].append(rest.strip())
            elif text and self.words:
                raise BadCase(f"`{text}` in the head is no word that is known")
            elif text and not text.startswith("SPDX"):
                self.claim += (" " if self.claim else "") + text
        if not self.claim or not self.words["truth"]:
            raise BadCase("the head needs a sentence with the claim, and a `truth:`")
        for line in self.words["truth"]:
            if line != "clean":
                self.expected.append(self.read_truth(line))

    @staticmethod
    def read_truth(line):
        words = shlex.split(line)
        maybe = words[0] == "maybe"
        words = words[1:] if maybe else words
        expected = Expected(words[0], maybe=maybe)
        for word in words[1:]:
            key, equals, value = word.partition("=")
            if not equals:
                expected.function = word
            elif key == "at":
                expected.depths = tuple(with_auto(value.split(",")))
            elif key in ("owner", "releaser", "count", "detail", "routed"):
                setattr(expected, key, value)
            else:
                raise BadCase(f"`truth: {line}`: what is {key}?")
        return expected

    def word(self, name, default=None):
        return self.words[name][-1] if self.words[name] else default

    @property
    def is_script(self):
        return self.path.suffix in (".sh", ".py")

    def combinations(self):
        depths = with_auto(self.word("depths", " ".join(DEPTHS)).split())
        policies = self.word("policies", " ".join(POLICIES)).split()
        # At auto a program that ends at its first crossing is one at ownership.
        return [(depth, policy) for depth in depths for policy in policies if depth != "auto" or policy != "abort"]

    def expected_at(self, depth):
        return [e for e in self.expected if depth in e.depths]


@dataclasses.dataclass
class Ending:
    status: int
    out: str
    err: str
    hung: bool = False

    def text(self):
        return "it hung" if self.hung else f"status {self.status}"


def environment(scratch):
    kept = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": str(scratch), "HOME": str(scratch)}
    return kept


def run(command, folder, scratch, deadline, extra=None):
    """Runs it in a session of its own, and ends the whole session when the deadline has passed."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    out_path, err_path = scratch / ".out", scratch / ".err"
    with open(out_path, "wb") as out, open(err_path, "wb") as err:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            env={**environment(scratch), **(extra or {})},
        )
        hung = False
        try:
            status = process.wait(deadline)
        except subprocess.TimeoutExpired:
            hung = True
            os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
    read = lambda path: path.read_bytes().decode("utf-8", "replace")
    return Ending(128 - status if status < 0 else status, read(out_path), read(err_path), hung)


def is_there(need):
    """`needs:` names programs, and libraries as the loader knows them."""
    if ".so" in need:
        probe = subprocess.run(["/bin/true"], env={"LD_PRELOAD": need}, capture_output=True, check=False)
        return not probe.stderr
    if need.startswith("cpu:"):
        return need[4:] in Path("/proc/cpuinfo").read_text().split()
    if need == "root":
        return os.geteuid() == 0
    if need.startswith("/"):
        return Path(need).exists()
    return shutil.which(need) is not None


def build(case, folder):
    """Compiles what the head asks for, unless the same was compiled before."""
    lines = case.words["build"] or ([] if case.is_script else ["program"])
    key = hashlib.sha256(case.path.read_bytes() + repr(lines).encode()).hexdigest()
    stamp = folder / ".built"
    if stamp.exists() and stamp.read_text() == key:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    commands = []
    for line in lines:
        words = shlex.split(line)
        compiler = COMPILERS.get(case.path.suffix)
        if words[0].endswith("="):  # `build: clang-14= program ...` chooses the compiler
            compiler = words.pop(0)[:-1]
        commands.append([compiler, "-g", "-fno-builtin-malloc", "-fno-builtin-free", "-w", f"-I{HERE.parent}", str(case.path), "-o", *words])
    commands += [["bash", "-c", line] for line in case.words["prepare"]]
    for command in commands:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BadCase(f"it does not build: {shlex.join(command)}\n{done.stdout}{done.stderr}")
    stamp.write_text(key)


def findings_of(report):
    """The findings, those alike but for their stacks added up."""
    counts = collections.Counter()
    for crossing in report["crossings"]:
        parties = {}
        for side in ("owner", "releaser"):
            party = crossing.get(side) or {}
            parties[side] = (os.path.basename(party.get("object") or ""), party.get("family") or "")
        counts[
            (crossing["hazard"], crossing.get("function") or "", parties["owner"], parties["releaser"], crossing.get("detail") or "")
        ] += crossing["count"]
    found = []
    for (hazard, function, owner, releaser, detail), count in counts.items():
        found.append({
            "hazard": hazard, "function": function, "detail": detail, "count": count,
            "owner": dict(zip(("object", "family"), owner)), "releaser": dict(zip(("object", "family"), releaser)),
        })
    return found


def say_finding(finding):
    side = lambda party: (party["object"] or "unknown") + (f":{party['family']}" if party["family"] else "")
    words = f"{finding['hazard']} {finding['function']} owner={side(finding['owner'])} releaser={side(finding['releaser'])}"
    return f"{words} count={finding['count']} {finding['detail']}".rstrip()


def compare_findings(case, depth, policy, alone, report):
    """What the report says that is not true, and what is true that it does not say."""
    wrong = []
    expected = case.expected_at(depth)
    found = findings_of(report)
    counts = collections.Counter()
    for finding in found:
        matching = [i for i, e in enumerate(expected) if e.is_of(finding)]
        if not matching:
            wrong.append(f"reported, and not true: {say_finding(finding)}")
            continue
        counts[matching[0]] += finding["count"]
        e = expected[matching[0]]
        if policy == "route" and finding["hazard"] in STOPPING and e.routed != "any" and finding["detail"] != e.routed:
            wrong.append(f"not {e.routed!r} but {finding['detail']!r}: {say_finding(finding)}")
    # A program that stops at a crossing, or dies of it, has not come to the next one.
    partly = policy == "abort" and any(e.hazard in STOPPING for e in expected)
    partly = partly or policy == "report" and alone.status != 0
    for i, e in enumerate(expected):
        if partly:
            if counts[i] and e.count.isdigit() and counts[i] > int(e.count):
                wrong.append(f"reported {counts[i]} times: {e.text()}")
        elif (not e.maybe or counts[i]) and not e.count_fits(counts[i]):
            wrong.append(f"{'missed' if counts[i] == 0 else f'reported {counts[i]} times'}: {e.text()}")
    if partly and not counts and not all(e.maybe for e in expected):
        wrong.append("missed: nothing was reported of " + "; ".join(e.text() for e in expected))
    if report.get("lost_records"):
        wrong.append(f"{report['lost_records']} records were lost")
    told = json.dumps(report.get("unwatched", [])) + json.dumps(report.get("processes", []))
    for text in case.words["named"]:
        if text not in told:
            wrong.append(f"not named: {text}")
    written = json.dumps(report)
    wrong += [f"the report lacks {text!r}" for text in case.words["report"] if text not in written]
    wrong += [f"the report has {text!r}" for text in case.words["never"] if text in written]
    return wrong


def first_difference(name, alone, traced):
    if alone == traced:
        return []
    a, b = alone.splitlines(), traced.splitlines()
    for i in range(max(len(a), len(b))):
        left = a[i] if i < len(a) else "(nothing)"
        right = b[i] if i < len(b) else "(nothing)"
        if left != right:
            return [f"{name}, line {i + 1}: alone {left[:200]!r}, traced {right[:200]!r}"]
    return [f"{name} differs in how it ends"]


def compare_behaviour(case, depth, policy, alone, traced):
    if traced.hung:
        return ["it hung"]
    stops = any(e.hazard in STOPPING and not e.maybe for e in case.expected_at(depth))
    may_stop = any(e.hazard in STOPPING and e.maybe for e in case.expected_at(depth))
    if policy == "abort" and may_stop and traced.status == ABORTED:
        return []
    if policy == "abort" and stops:
        wanted = int(case.word("abort", str(ABORTED)))
        return [] if traced.status == wanted else [f"ended with {traced.status}, not {wanted}: {last_line(traced.err)}"]
    wanted_status, wanted_out, wanted_err = alone.status, alone.out, alone.err
    if policy == "route" and stops:
        wanted_status = int(case.word("route", "0"))
        wanted_err = None
        if case.words["prints"]:
            wanted_out = "".join(line + "\n" for line in case.words["prints"])
        elif alone.status != wanted_status:
            wanted_out = None
    wrong = []
    if traced.status != wanted_status:
        wrong.append(f"ended with {traced.status}, not {wanted_status}: {last_line(traced.err)}")
    if wanted_out is not None and case.word("output") != "any":
        wrong += first_difference("output", wanted_out, traced.out)
    if wanted_err is not None and case.word("output") not in ("any", "any-errors"):
        wrong += first_difference("error output", wanted_err, traced.err)
    return wrong


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "(no message)"


def check_alone(case, alone):
    if alone.hung:
        raise BadCase("alone, it hung")
    default = None if case.expected else "0"
    wanted = case.word("alone", default)
    if wanted is not None and wanted != "any" and alone.status != int(wanted):
        raise BadCase(f"alone, it ended with {alone.status}, not {wanted}: {last_line(alone.err) or last_line(alone.out)}")
    prints = case.words["prints"]
    if prints and alone.status == 0 and wanted != "any" and alone.out != "".join(line + "\n" for line in prints):
        raise BadCase(f"alone, it printed {alone.out!r}")


class Suite:
    def __init__(self, arguments):
        self.crossheap = arguments.crossheap
        self.work = arguments.work
        self.alone = {}
        self.seconds = collections.Counter()

    def command(self, case):
        return shlex.split(case.word("run", "./program"))

    def deadline(self, case):
        """Longer on a machine that has more to do than it has processors."""
        return float(case.word("deadline", "20")) * min(3.0, max(1.0, os.getloadavg()[0] / os.cpu_count()))

    def prepare(self, case):
        """Builds it and runs it alone."""
        for line in case.words["needs"]:
            for need in line.split():
                if not is_there(need):
                    raise Skipped(f"{need} is not installed")
        folder = self.work / case.name
        build(case, folder)
        if case.is_script:
            return
        ending = run(self.command(case), folder, folder / "scratch" / "alone", self.deadline(case))
        check_alone(case, ending)
        self.alone[case.name] = ending

    def timed_check(self, case, depth, policy):
        start = time.monotonic()
        try:
            return self.check(case, depth, policy)
        finally:
            self.seconds[case.name] += time.monotonic() - start

    def check(self, case, depth, policy):
        """What is wrong with the case at this depth with this policy: a list of sentences, empty for nothing."""
        folder = self.work / case.name
        scratch = folder / "scratch" / f"{depth}-{policy}"
        if case.is_script:
            interpreter = "bash" if case.path.suffix == ".sh" else sys.executable
            ending = run(
                [interpreter, str(case.path)], folder, scratch, self.deadline(case),
                {"CROSSHEAP": str(self.crossheap), "DEPTH": depth, "POLICY": policy, "CASE": str(folder)},
            )
            if ending.status == 77:
                raise Skipped(last_line(ending.out))
            return [] if ending.status == 0 and not ending.hung else [f"{ending.text()}: {last_line(ending.out + ending.err)}"]
        report = folder / f"{depth}-{policy}.json"
        report.unlink(missing_ok=True)
        traced = run(
            [str(self.crossheap), "trace", "--depth", depth, "--on-crossing", policy, "--format", "json", "-o", str(report),
             *shlex.split(case.word("options", "")), "--", *self.command(case)],
            folder, scratch, self.deadline(case),
        )
        wrong = compare_behaviour(case, depth, policy, self.alone[case.name], traced)
        if traced.hung:
            return wrong
        try:
            told = json.loads(report.read_text())
        except (OSError, ValueError) as problem:
            return wrong + [f"there is no report: {problem}; {last_line(traced.err)}"]
        return wrong + compare_findings(case, depth, policy, self.alone[case.name], told)


def grouped(problems_of_runs):
    """Each problem once, with the depths and policies it has: (problem, "ownership: report route; sites: report").

    "all" stands for every depth with every policy.
    """
    runs = collections.defaultdict(lambda: collections.defaultdict(list))
    for depth, policy, problems in sorted(problems_of_runs):
        for problem in problems:
            runs[problem][depth].append(policy)
    every = {depth: sorted(POLICIES) for depth in DEPTHS}
    for problem, depths in runs.items():
        where = "; ".join(f"{depth}: {' '.join(policies)}" for depth, policies in depths.items())
        yield problem, "all" if depths == every else where


def read_known_failures():
    """case -> True where it fails every time, False where it fails now and then."""
    known = {}
    if KNOWN_FAILURES.exists():
        for line in KNOWN_FAILURES.read_text().splitlines():
            words = line.split("#")[0].split()
            if words:
                known[words[0]] = "sometimes" not in words[1:]
    return known


def arguments_of():
    parser = argparse.ArgumentParser(description="Runs the cases of tests/truth.")
    parser.add_argument("--crossheap", type=Path, default=os.environ.get("CROSSHEAP"), help="the command to test")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is built; kept from run to run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--all", action="store_true", help="show the failures of known_failures too")
    parser.add_argument("--depth", help="only this depth")
    parser.add_argument("--policy", help="only this policy")
    parser.add_argument("--times", action="store_true", help="show the ten cases that took longest")
    parser.add_argument("--list", action="store_true", help="print each case with its claim")
    parser.add_argument("names", nargs="*", help="regular expressions; a case is run when one matches the start of its name")
    return parser.parse_args()


def selected_cases(arguments):
    cases, bad = [], {}
    for path in sorted(CASES.iterdir()):
        if arguments.names and not any(re.match(n, path.stem) for n in arguments.names):
            continue
        try:
            cases.append(Case(path))
        except BadCase as problem:
            bad[path.stem] = str(problem)
    return cases, bad


def prepare_all(suite, pool, cases, bad):
    """The cases that can be run; the others are said, or added to `bad`."""
    ready, skipped = [], 0
    futures = {pool.submit(suite.prepare, case): case for case in cases}
    for future in concurrent.futures.as_completed(futures):
        case = futures[future]
        try:
            future.result()
            ready.append(case)
        except Skipped as reason:
            skipped += 1
            print(f"left out: {case.name}: {reason}")
        except BadCase as problem:
            bad[case.name] = str(problem)
    return ready, skipped


def main():
    arguments = arguments_of()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if arguments.crossheap is None:
        print("which crossheap? --crossheap FILE")
        return 2
    arguments.crossheap = Path(arguments.crossheap).resolve()
    arguments.work = arguments.work.resolve()
    cases, bad = selected_cases(arguments)
    if arguments.list:
        for case in cases:
            print(f"{case.name}: {case.claim}")
        return 0
    if not cases and not bad:
        print("no case has such a name")
        return 2
    for name in read_known_failures():
        if not any(CASES.glob(name + ".*")):
            bad[name] = "it stands in known_failures, and there is no such case"
    suite = Suite(arguments)
    start = time.monotonic()
    wrong = collections.defaultdict(list)
    runs = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        ready, skipped = prepare_all(suite, pool, cases, bad)
        futures = {}
        for case in ready:
            for depth, policy in case.combinations():
                if arguments.depth in (None, depth) and arguments.policy in (None, policy):
                    futures[pool.submit(suite.timed_check, case, depth, policy)] = (case, depth, policy)
        runs = len(futures)
        for future in concurrent.futures.as_completed(futures):
            case, depth, policy = futures[future]
            try:
                problems = future.result()
            except Skipped as reason:
                print(f"left out: {case.name}: {reason}")
                continue
            if problems:
                wrong[case.name].append((depth, policy, problems))
    if arguments.times:
        for name, seconds in suite.seconds.most_common(10):
            print(f"{seconds:6.1f} s {name}")
    return tell(arguments, ready, skipped, wrong, bad, runs, time.monotonic() - start)


def tell(arguments, ready, skipped, wrong, bad, runs, seconds):
    known = read_known_failures()
    failed = 0
    everything = arguments.depth is None and arguments.policy is None
    for name, problem in sorted(bad.items()):
        print(f"BAD CASE {name}: {problem}")
        failed += 1
    by_name = {case.name: case for case in ready}
    for name in sorted(wrong):
        if name in known and not arguments.all:
            continue
        failed += name not in known
        print(f"{'KNOWN' if name in known else 'FAILED'} {name}: {by_name[name].claim}")
        for problem, where in grouped(wrong[name]):
            print(f"  [{where}] {problem}")
        folder = arguments.work / name
        print(f"  in {folder}: {by_name[name].word('run', './program')}")
    for name, always in sorted(known.items()):
        if always and everything and name in by_name and name not in wrong:
            print(f"PASSES {name}: remove it from tests/truth/known_failures")
            failed += 1
    total = f"{len(ready)} cases, {runs} runs in {seconds:.0f} s"
    print(f"{total}; {len(wrong)} cases fail, {len([n for n in wrong if n in known])} of them known; {skipped} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
