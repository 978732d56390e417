#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# write.py CROSSHEAP [--check]: runs the commands that stand in README.md and docs/plugin-authors.md and puts what they print behind
# them; draws docs/verdict.svg, the picture of the front page. With --check it changes nothing, and fails where a page is out of date.
#
# A command stands in a comment: <!-- run 1-8,12: COMMAND -->, with the lines of its output that are shown. Up to the line
# <!-- end --> everything is made anew. Commands run in a folder with the programs of this one, built as their heads say. What a
# machine has no host for stays as it is: "<!-- run 1-9 needs php: ... -->".
import difflib
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGES = [os.path.join(ROOT, "README.md"), os.path.join(ROOT, "docs", "plugin-authors.md")]
PICTURE = os.path.join(ROOT, "docs", "verdict.svg")
PICTURED, PICTURED_NEEDS = "crossheap check extension.so", "php nginx java"


def run(command, folder, crossheap):
    """Standard output and standard error, in the order in which they were written."""
    environment = {"PATH": f"{os.path.dirname(crossheap)}:{os.environ['PATH']}", "HOME": folder, "LC_ALL": "C", "TERM": "dumb"}
    done = subprocess.run(["bash", "-c", f"{{ {command}\n}} 2>&1"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=300, check=False)
    text = done.stdout.decode("utf-8", "replace").replace(os.path.realpath(folder) + "/", "./").replace("././", "./")
    # What bash says of a program that a signal ends, with its own name and line in front.
    text = re.sub(r"(?m)^bash: line \d+: +\d+ (\w+( \w+)?) .*$", r"\1", text)
    return [line.rstrip() for line in text.splitlines()]


def chosen(lines, wanted):
    """The lines of "1-8,12", with an ellipsis where some are left out."""
    shown, last = [], 0
    for part in wanted.split(","):
        first, _, end = part.partition("-")
        first, end = int(first), int(end or first)
        if first > last + 1:
            shown.append("  ...")
        shown += lines[first - 1:end]
        last = end
    if last < len(lines):
        shown.append("  ...")
    return shown


def has(needed):
    return all(os.path.exists(one) if one.startswith("/") else shutil.which(one) for one in needed.split())


def page_of(text, folder, crossheap, check):
    """With `check` a transcript that differs is made once more: a machine that is busy may miss a deadline of check."""
    def again(found):
        first = once(found)
        return once(found) if check and same_but_for_chance(first) != same_but_for_chance(found[0]) else first

    def once(found):
        wanted, needed, command = found[1], found[2], found[3]
        if needed and not has(needed):
            print(f"left as it is, {needed} is not installed: {command}", file=sys.stderr)
            return found[0]
        lines = chosen(run(command, folder, crossheap), wanted)
        return found[0][:found[0].index("-->") + 3] + "\n```\n$ " + command + "\n" + "\n".join(lines) + "\n```\n<!-- end -->"
    return re.sub(r"<!-- run ([0-9,-]+)(?: needs ([^:]+))?: (.*?) -->\n.*?<!-- end -->", again, text, flags=re.S)


# The verdict as an image: a terminal's text, coloured by what it means.
def picture_of(lines):
    width, height = 7.8, 20
    colours = {"unsafe": "#ff8f8f", "safe": "#8fe3a5", "not tried": "#b8c0cc", "not opened": "#ffd591", "host fails alone": "#b8c0cc"}
    columns = max(len(line) for line in lines)
    total = columns * width + 40
    rows = []
    for number, line in enumerate(lines):
        parts = re.split(r"(\bunsafe\b|\bsafe\b|\bnot tried\b|\bnot opened\b|\bhost fails alone\b|\bXH\d+\b)", line) if number else [line]
        text = "".join(f'<tspan fill="{colours.get(part, "#9cc7ff")}">{html.escape(part)}</tspan>' if part in colours or re.fullmatch(r"XH\d+", part)
                       else html.escape(part) for part in parts)
        rows.append(f'<text x="20" y="{48 + number * height}" xml:space="preserve">{text}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {60 + len(lines) * height}" width="{total:.0f}" role="img" '
            f'aria-label="What crossheap check says of a plugin">\n'
            f"<!-- made by docs/front_page/write.py from a run -->\n"
            f'<rect width="100%" height="100%" rx="10" fill="#171c22"/>\n'
            f'<g fill="#e8ebee" font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13">\n'
            f'<text x="20" y="26" fill="#9aa5b1">$ {PICTURED}</text>\n' + "\n".join(rows) + "\n</g>\n</svg>\n")


def wrapped(line, most=112):
    if len(line) <= most:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    cut = line.rfind(" ", 0, most)
    return [line[:cut]] + wrapped(indent + line[cut + 1:], most)


def same_but_for_chance(text):
    """What differs from run to run."""
    text = re.sub(r"0x[0-9a-f]+", "0x#", text)
    text = re.sub(r"(process:? +|==|\[)\d+", r"\1#", text)
    return re.sub(r"\b\d+(\.\d+)? (s|ms)\b", "# s", text)


def main():
    crossheap = os.path.realpath(sys.argv[1])
    check = "--check" in sys.argv
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in os.listdir(HERE):
            if name.endswith(".c"):
                shutil.copy(os.path.join(HERE, name), folder)
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as source:
                for build in re.findall(r"(?m)^// build: (.*)$", source.read()):
                    subprocess.run(f"{build} -ffile-prefix-map={os.path.realpath(folder)}/=", shell=True, cwd=folder, check=True)
        files = {}
        for page in PAGES:
            if os.path.exists(page):
                with open(page, encoding="utf-8") as text:
                    files[page] = page_of(text.read(), folder, crossheap, check)
        if has(PICTURED_NEEDS):
            verdict = run(PICTURED, folder, crossheap)
            finding = next(i for i, line in enumerate(verdict) if re.match(r"XH\d+ ", line))
            table_end = verdict.index("", verdict.index("", 1) + 1)  # an empty line stands before it and behind it
            # Of the first finding what it is, the innermost calls, the reason and the fix.
            end = next((i for i in range(finding, len(verdict)) if verdict[i] == ""), len(verdict))
            short, frames = verdict[finding:finding + 1], 9
            for line in verdict[finding + 1:end]:
                frames = frames + 1 if line.startswith("          ") else 0
                if frames <= 2:
                    short.append(line)
            files[PICTURE] = picture_of([out for line in verdict[:table_end] + [""] + short for out in wrapped(line)])
        for path, text in files.items():
            with open(path, encoding="utf-8") if os.path.exists(path) else open(os.devnull, encoding="utf-8") as old:
                there = old.read()
            if not check:
                with open(path, "w", encoding="utf-8") as new:
                    new.write(text)
            elif same_but_for_chance(there) != same_but_for_chance(text):
                good = False
                sys.stdout.writelines(difflib.unified_diff(there.splitlines(True), text.splitlines(True), os.path.relpath(path, ROOT), "what happens"))
    if not good:
        sys.exit("docs/front_page/write.py CROSSHEAP writes them anew; read what changed, and say so in the text")


main()
