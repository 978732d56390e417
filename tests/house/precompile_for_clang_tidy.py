#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Lets clang-tidy read the headers of others once for many sources: half of its time goes into reading them.

usage: precompile_for_clang_tidy.py COMPILE_COMMANDS DUE FEWEST FOLDER

DUE lists sources. FOLDER/compile_commands.json becomes COMPILE_COMMANDS with a precompiled header for those of them
that have one. A header is precompiled from a set of headers, and a source is given it only where the source, or a file
of ours behind it, includes every header of the set by name. What it could use through the precompiled header, it has
included: a missing include is found as without. FEWEST is for how many sources a header is worth its time.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

# What many sources have in common; the first that fits is taken, so the richer ones come first.
SETS = [one.split() for one in (
    "nlohmann/json.hpp fmt/format.h filesystem optional string vector",
    "nlohmann/json.hpp string",
    "CLI/CLI.hpp fmt/format.h filesystem functional memory optional string vector",
    "CLI/CLI.hpp string",
    "gtest/gtest.h fmt/format.h filesystem optional string vector",
    "gtest/gtest.h filesystem optional string vector",
    "gtest/gtest.h string",
    "algorithm filesystem fmt/format.h functional map memory optional span string string_view vector",
    "algorithm filesystem fmt/format.h optional span string string_view vector",
    "fmt/format.h filesystem string vector",
    "fmt/format.h string",
    "algorithm filesystem functional map memory optional string vector",
    "algorithm filesystem memory optional string vector",
    "filesystem optional string vector",
    "algorithm string vector",
    "memory string vector",
)]
# A condition only hides an include from some builds: every line is taken.
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(<|")([^>"\n]+)', re.MULTILINE)
# What a source and its precompiled header need not share: folders, warnings, debug information, and what only our code and
# libraries outside the sets read. How far code is optimised and for what it is linked, clang-tidy does not ask: one way for all.
OWN_OPTION = re.compile(r"-(I|W|g|O\d|D(CROSSHEAP|TOML|BOOST)_|fPI[CE]$)")
# Definitions that one library reads.
OF_LIBRARY = {"-DFMT_": "fmt/", "-DGTEST_": "gtest/"}
FOR_ALL = ["-O1", "-fPIC"]
# -fsized-deallocation as .clang-tidy has it, or the header is refused.
FOR_HEADERS = ["-w", "-fsized-deallocation"]

included = {}


def includes_of(path):
    if path not in included:
        with open(path, encoding="utf-8", errors="replace") as source:
            included[path] = INCLUDE.findall(source.read())
    return included[path]


def headers_of(path, folders, root):
    """The headers of others that `path` and the files of ours behind it include."""
    named, seen, waiting = set(), {path}, [path]
    while waiting:
        current = waiting.pop()
        for mark, name in includes_of(current):
            near = [os.path.dirname(current)] if mark == '"' else []
            places = (os.path.normpath(os.path.join(folder, name)) for folder in near + folders)
            own = next((place for place in places if place.startswith(root) and os.path.isfile(place)), None)
            if own is None:
                named.add(name)
            elif own not in seen:
                seen.add(own)
                waiting.append(own)
    return named


def offer(entry, root):
    """The set of headers and the options of a precompiled header for this source, or None."""
    words = shlex.split(entry["command"])
    words = words[next(i for i, word in enumerate(words) if word.startswith("-")):words.index("-o")]
    folders, options = [], []
    for at, word in enumerate(words):
        if word == "-isystem" or (at and words[at - 1] == "-isystem"):
            continue
        if word.startswith("-I"):
            folders.append(os.path.join(entry["directory"], word[2:]))
        if not OWN_OPTION.match(word):
            options.append(word)
    named = headers_of(entry["file"], folders, root)
    for headers in SETS:
        if named.issuperset(headers):
            unread = tuple(start for start, library in OF_LIBRARY.items() if library not in " ".join(headers))
            return tuple(headers), tuple(option for option in options if not option.startswith(unread or "?"))
    return None


def precompile(stem, headers, options):
    """The precompiled header, or None where it cannot be made: its sources are read as they are."""
    with open(stem + ".hpp", "w", encoding="utf-8") as source:
        source.writelines(f"#include <{header}>\n" for header in headers)
    command = ["clang++-14", *options, *FOR_ALL, *FOR_HEADERS, "-x", "c++-header", stem + ".hpp", "-o", stem + ".pch"]
    with open(stem + ".log", "w", encoding="utf-8") as log:
        made = subprocess.run(command, stdout=log, stderr=log, check=False).returncode == 0
    return stem + ".pch" if made else None


def main():
    database, due, fewest, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), os.path.abspath(sys.argv[4])
    root = os.getcwd() + "/"
    os.makedirs(folder, exist_ok=True)
    with open(database, encoding="utf-8") as file:
        entries = json.load(file)
    with open(due, encoding="utf-8") as file:
        wanted = {root + line.rstrip("\n") for line in file}
    takers = {}
    for entry in entries:
        if entry["file"] in wanted and entry["file"].endswith(".cpp"):
            takers.setdefault(offer(entry, root), []).append(entry)
    takers.pop(None, None)
    worth = [(which, those) for which, those in takers.items() if len(those) >= fewest]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        made = pool.map(lambda at: precompile(f"{folder}/{at}", *worth[at][0]), range(len(worth)))
        for (which, those), header in zip(worth, made):
            for entry in those if header else ():
                program, rest = entry["command"].split(" -", 1)
                entry["command"] = f"{program} -Xclang -include-pch -Xclang {header} -{rest} {' '.join(FOR_ALL)}"
    with open(folder + "/compile_commands.json", "w", encoding="utf-8") as file:
        json.dump(entries, file, indent=0)
    print(f"{len(worth)} precompiled headers for {sum(len(those) for _, those in worth)} sources")


main()
