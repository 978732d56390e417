#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# manual.py PROGRAM PAGE: the options of each command in the manual page are those of --help, in its words. With --write in
# front the page is made so.
import os
import re
import subprocess
import sys

BEGIN = '.\\" options: made by tests/cli/manual.py --write\n'
END = '.\\" options end\n'


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", text)


def options_of(text):
    """(names and value, description) of each option, which may stand in several lines."""
    options = []
    for line in text.splitlines():
        found = re.match(r"^  (-\S.*?)(?:\s{2,}(\S.*))?$", line)
        if found:
            names = found[1]
            if found[2] is None and len(names) > 28 and " " in names:
                parts = re.match(r"^(.{0,200}?)(?: (?=[A-Z][a-z]))(.*)$", names)
                options.append([parts[1], parts[2]] if parts else [names, ""])
            else:
                options.append([names, found[2] or ""])
        elif options and re.match(r"^ {20,}\S", line):
            options[-1][1] = (options[-1][1] + " " + line.strip()).strip()
    return options


def section(program):
    commands = re.findall(r"(?m)^  ([a-z][a-z-]*)  ", help_of(program).split("ubcommands:", 1)[1])
    text = ""
    for command in commands:
        text += f".Ss Options of {command}\n.Bl -tag -width Ds\n"
        for names, words in options_of(help_of(program, command)):
            if names.startswith("-h,--help"):
                continue
            # CLI11 shows types, ranges and choices: "N:UINT in [1 - 10]", "TEXT:{text,json}=text", "{false}".
            names = re.sub(r"TEXT:\{([^}]*)\}(=\w+)?", lambda choices: choices[1].replace(",", "|"), names)
            names = re.sub(r":(UINT|INT|TEXT)\b.*", "", names).replace("{false}", "")
            names = re.sub(r"\bUINT\b.*", "N", names)
            text += f".It {escaped(names)}\n{escaped(words)}.\n" if not words.endswith(".") else f".It {escaped(names)}\n{escaped(words)}\n"
        text += ".El\n"
    return text


def main():
    write = sys.argv[1] == "--write"
    program, path = sys.argv[2:4] if write else sys.argv[1:3]
    with open(path, encoding="utf-8") as page:
        text = page.read()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    wanted = section(program)
    if write:
        with open(path, "w", encoding="utf-8") as page:
            page.write(text[:begin] + wanted + text[end:])
    elif text[begin:end] != wanted:
        here, there = set(text[begin:end].splitlines()), set(wanted.splitlines())
        for line in sorted(here ^ there):
            print("only in the manual:" if line in here else "only in --help:", line)
        sys.exit(f"next: tests/cli/manual.py --write {program} {path}")
    for command in re.findall(r"(?m)^\.Ss Options of (.*)$", wanted):
        if not re.search(rf"(?m)^\.(Cm|It Cm) {re.escape(command)}\b", text):
            sys.exit(f"{command} stands nowhere in the manual but among the options")


main()
