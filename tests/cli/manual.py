#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# manual.py PROGRAM PAGE: the options of each command in the manual page are those of --help, in its words, and beside it stands
# a page for each command (crossheap-trace.1), which is made of the same: what PAGE says of the command, its options, the examples
# of its help. With --write in front the pages are made so.
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
    # A sentence begins a line of its own.
    text = re.sub(r"(?<=[a-z)])([.?]) (?=[A-Z])", r"\1\n", text)
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


def commands_of(program):
    return re.findall(r"(?m)^  ([a-z][a-z-]*)(?:  |$)", help_of(program).split("ubcommands:", 1)[1])


def section(program, commands, title=".Ss Options of {}\n"):
    text = ""
    for command in commands:
        if not any(not names.startswith("-h,--help") for names, _ in options_of(help_of(program, command))):
            continue
        text += title.format(command) + ".Bl -tag -width Ds\n"
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


def page_of(program, command, whole):
    """The page of one command: as roff."""
    text = help_of(program, command)
    about = text.splitlines()[0].rstrip(".")
    date = re.search(r"(?m)^\.Dd .*$", whole)[0]
    # What the whole page says of it: its list item, up to the next one.
    said = re.search(rf"(?ms)^\.It Cm {re.escape(command)}$\n(.*?)(?=^\.It |^\.El)", whole)
    usage = re.search(rf"(?m)^Usage: crossheap {re.escape(command)} ?(.*)$", text)[1]
    synopsis = "".join(f".Op {escaped(word[1:-1])}\n" if word.startswith("[") else f".Ar {escaped(word)}\n" for word in usage.split())
    examples = re.search(r"(?ms)^Examples:\n(.*?)\n\n", text + "\n\n")
    page = (f'.\\" SPDX-License-Identifier: MIT OR Apache-2.0\n.\\" made by tests/cli/manual.py --write\n{date}\n'
            f".Dt CROSSHEAP-{command.upper()} 1\n.Os\n.Sh NAME\n.Nm crossheap-{command}\n.Nd {escaped(about[0].lower() + about[1:])}\n"
            f".Sh SYNOPSIS\n.Nm crossheap\n.Cm {command}\n{synopsis}.Sh DESCRIPTION\n")
    page += re.sub(r"(?m)^\.Nm$", ".Nm crossheap", said[1]) if said else escaped(about) + ".\n"
    options = section(program, [command], ".Sh OPTIONS\n")
    if ".It" in options:
        page += options
    page += ".Sh EXIT STATUS\nSee\n.Xr crossheap 1 .\n"
    if examples:
        page += ".Sh EXAMPLES\n.Bd -literal -offset indent\n" + "".join(
            escaped(line.strip()) + "\n" for line in examples[1].splitlines() if line.strip()) + ".Ed\n"
    return page + ".Sh SEE ALSO\n.Xr crossheap 1\n"


def same(path, wanted, write):
    """Whether the file is as wanted; with write it is made so."""
    try:
        with open(path, encoding="utf-8") as page:
            there = page.read()
    except FileNotFoundError:
        there = ""
    if write:
        with open(path, "w", encoding="utf-8") as page:
            page.write(wanted)
    elif there != wanted:
        old, new = set(there.splitlines()), set(wanted.splitlines())
        for line in sorted(old ^ new):
            print(f"only in {os.path.basename(path)}:" if line in old else "only in --help:", line)
        return False
    return True


def main():
    write = sys.argv[1] == "--write"
    program, path = sys.argv[2:4] if write else sys.argv[1:3]
    with open(path, encoding="utf-8") as page:
        text = page.read()
    commands = commands_of(program)
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    whole = text[:begin] + section(program, commands) + text[end:]
    good = same(path, whole, write)
    folder = os.path.dirname(path)
    wanted = {f"crossheap-{command}.1": command for command in commands}
    for name, command in wanted.items():
        good &= same(os.path.join(folder, name), page_of(program, command, whole), write)
    for name in os.listdir(folder):
        if re.fullmatch(r"crossheap-.*\.1", name) and name not in wanted:
            if write:
                os.remove(os.path.join(folder, name))
            else:
                print(f"{name} is the page of no command")
                good = False
    if not good:
        sys.exit(f"next: tests/cli/manual.py --write {program} {path}")
    for command in commands:
        if not re.search(rf"(?m)^\.(Cm|It Cm) {re.escape(command)}\b", text):
            sys.exit(f"{command} stands nowhere in the manual but among the options")


main()
