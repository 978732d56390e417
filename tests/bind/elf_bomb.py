#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Writes a shared object for x86-64 whose tables are as large, or as entangled, as their counts allow. elf_bomb.py KIND FILE
# makes one, elf_bomb.py archive FILE an archive. elf_bomb.py many FOLDER makes 1,600 libraries that all need each other, and
# a plugin that needs them.
import struct
import sys
import zlib

NULL, NEEDED, STRTAB, SYMTAB, STRSZ, SYMENT, SONAME, RPATH, RUNPATH = 0, 1, 5, 6, 10, 11, 14, 15, 29
HASH, AUXILIARY, FILTER, VERSYM, VERNEED, VERNEEDNUM, VERDEF, VERDEFNUM = 4, 0x7FFFFFFD, 0x7FFFFFFF, 0x6FFFFFF0, 0x6FFFFFFE, 0x6FFFFFFF, 0x6FFFFFFC, 0x6FFFFFFD
PT_LOAD, PT_DYNAMIC, PT_NOTE = 1, 2, 4


class Library:
    """All of it in one segment that is mapped at its offset."""

    def __init__(self):
        self.parts = {}
        self.dynamic = []
        self.strings = bytearray(b"\0")
        self.symbols = [bytes(24)]

    def text(self, value):
        at = len(self.strings)
        self.strings += (value if isinstance(value, bytes) else value.encode()) + b"\0"
        return at

    def entry(self, tag, value):
        self.dynamic.append((tag, value))

    def symbol(self, name):
        self.symbols.append(struct.pack("<IBBHQQ", name, 0x12, 0, 1, 64, 8))

    def write(self, path, versions=None, notes=b"", definitions=None):
        headers = 64 + 56 * 3
        at = headers
        places = {}
        tables = {"strings": bytes(self.strings), "symbols": b"".join(self.symbols)}
        count = len(self.symbols)
        # One bucket: each look-up passes every symbol.
        chain = struct.pack(f"<{count}I", *range(1, count), 0)
        tables["hash"] = struct.pack("<III", 1, count, 1 if count > 1 else 0) + chain
        if versions is not None:
            tables["versym"] = bytes(2 * count)
            tables["verneed"] = versions[0]
        if definitions is not None:
            tables["versym"] = bytes(2 * count)
            tables["verdef"] = definitions[0]
        tables["notes"] = notes
        body = b""
        for name, content in tables.items():
            padding = -(at + len(body)) % 8
            body += bytes(padding)
            places[name] = at + len(body)
            body += content
        body += bytes(-(at + len(body)) % 8)
        entries = self.dynamic + [(STRTAB, places["strings"]), (STRSZ, len(self.strings)), (SYMTAB, places["symbols"]), (SYMENT, 24), (HASH, places["hash"])]
        if versions is not None:
            entries += [(VERSYM, places["versym"]), (VERNEED, places["verneed"]), (VERNEEDNUM, versions[1])]
        if definitions is not None:
            entries += [(VERSYM, places["versym"]), (VERDEF, places["verdef"]), (VERDEFNUM, definitions[1])]
        dynamic = b"".join(struct.pack("<QQ", *entry) for entry in entries + [(NULL, 0)])
        where = at + len(body)
        size = where + len(dynamic)
        with open(path, "wb") as file:
            file.write(b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 3, 64, 0, 0))
            file.write(struct.pack("<IIQQQQQQ", PT_LOAD, 6, 0, 0, 0, size, size, 4096))
            file.write(struct.pack("<IIQQQQQQ", PT_DYNAMIC, 6, where, where, where, len(dynamic), len(dynamic), 8))
            file.write(struct.pack("<IIQQQQQQ", PT_NOTE, 4, places["notes"], places["notes"], places["notes"], len(notes), len(notes), 4))
            file.write(body + dynamic)


def bomb(kind, path):
    library = Library()
    if kind == "needed":  # 60,000 entries, each the rest of one text of a megabyte
        text = library.text(b"x" * 1_000_000)
        for number in range(60_000):
            library.entry(NEEDED, text + number % 1000)
    elif kind == "needed-short":  # 100,000 different libraries that are nowhere
        for number in range(100_000):
            library.entry(NEEDED, library.text(f"l{number}.so"))
    elif kind == "filters":
        text = library.text(b"x" * 500_000)
        for number in range(30_000):
            library.entry(FILTER if number % 2 else AUXILIARY, text + number)
    elif kind == "runpath":  # many folders, and many libraries to look for in them
        library.entry(RUNPATH, library.text(b"/nowhere/a:" * 200_000))
        for number in range(50):
            library.entry(NEEDED, library.text(f"libnowhere{number}.so"))
    elif kind == "runpath-different":
        library.entry(RUNPATH, library.text(":".join(f"/n/{number:x}" for number in range(250_000))))
        library.entry(NEEDED, library.text("libnowhere.so"))
    elif kind == "runpath-long":
        library.entry(RUNPATH, library.text(b"/" + b"n/" * 1_200_000))
        library.entry(NEEDED, library.text("libnowhere.so"))
    elif kind == "tokens":
        library.entry(RUNPATH, library.text(b"$ORIGIN" * 150_000))
        library.entry(NEEDED, library.text("libnowhere.so"))
    elif kind == "verneed":  # each of the libraries has the same 65,535 versions, whose names are the rest of one text
        text = library.text(b"V" * 500_000)
        aux = b"".join(struct.pack("<IHHII", 1, 0, 2, text + number % 1000, 16) for number in range(30_000))
        count = 20_000
        records = b"".join(struct.pack("<HHIII", 1, 30_000, text, 16 * (count - number), 16) for number in range(count))
        library.write(path, versions=(records + aux, count))
        return
    elif kind == "verneed-ring":  # an entry that leads to itself
        library.write(path, versions=(struct.pack("<HHIII", 1, 65535, 1, 0, 0xFFFFFFF0), 0xFFFFFFFF))
        return
    elif kind == "verdef":
        text = library.text(b"V" * 500_000)
        aux = struct.pack("<II", text, 0)
        count = 40_000
        records = b"".join(struct.pack("<HHHHIII", 1, 0, 2, 1, 1, 20 * (count - number), 20) for number in range(count))
        library.write(path, definitions=(records + aux, count))
        return
    elif kind == "notes":
        library.write(path, notes=struct.pack("<III", 4, 0, 3) + b"GNU\0" + struct.pack("<III", 1, 0, 1) * 200_000)
        return
    elif kind == "itself":
        name = library.text(path.rsplit("/", 1)[-1])
        for tag in (SONAME, FILTER, AUXILIARY, NEEDED):
            library.entry(tag, name)
    elif kind == "symbols":  # 100,000 symbols, each called by the rest of one text
        text = library.text(b"malloc" * 100_000)
        for number in range(60_000):
            library.symbol(text + number)
    elif kind == "symbols-long":  # 40,000 symbols with names of a megabyte, none of which says anything
        text = library.text(b"x" * 1_000_000)
        for number in range(40_000):
            library.symbol(text + number)
    elif kind == "symbols-of-underscores":
        text = library.text(b"_" * 100_000 + b"je_malloc")
        for number in range(60_000):
            library.symbol(text + number)
    elif kind == "copies":  # of jemalloc, 50,000 of them, each with a prefix of its own
        for number in range(100_000):
            library.symbol(library.text(f"c{number // 2}_je_" + ("free" if number % 2 else "malloc")))
    elif kind == "shims":  # of 100,000 Rust libraries
        for number in range(100_000):
            library.symbol(library.text(f"_RNvCs{number}_7___rustc12___rust_alloc"))
    elif kind == "debugging-information":
        library.symbol(library.text("start"))
        library.write(path)
        add_debugging_information(path)
        return
    else:
        raise SystemExit(f"no bomb is called {kind}")
    library.write(path)


def add_debugging_information(path, megabytes=600):
    """Four sections of zeros, compressed to a thousandth."""
    size = megabytes << 20
    packed = struct.pack("<IIQQ", 1, 0, size, 1) + zlib.compress(bytes(size), 1)
    names = b"\0.debug_info\0.debug_abbrev\0.debug_str\0.debug_line\0.shstrtab\0"
    with open(path, "r+b") as file:
        at = file.seek(0, 2)
        sections = [bytes(64)]
        for name in (b".debug_info", b".debug_abbrev", b".debug_str", b".debug_line"):
            sections.append(struct.pack("<IIQQQQIIQQ", names.index(name), 1, 0x800, 0, at, len(packed), 0, 0, 1, 0))
        sections.append(struct.pack("<IIQQQQIIQQ", names.index(b".shstrtab"), 3, 0, 0, at + len(packed), len(names), 0, 0, 1, 0))
        file.write(packed + names + b"".join(sections))
        file.seek(40)
        file.write(struct.pack("<Q", at + len(packed) + len(names)))
        file.seek(58)
        file.write(struct.pack("<HHH", 64, len(sections), len(sections) - 1))


def archive(path):
    """50,000 members, each called by the rest of one text."""
    member = "{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n"
    with open(path, "wb") as file:
        file.write(b"!<arch>\n" + member.format("//", 0, 0, 0, 644, 1_000_000).encode() + b"a" * 999_998 + b"/\n")
        for number in range(50_000):
            file.write(member.format(f"/{number}", 0, 0, 0, 644, 0).encode())


def many(folder, count=1_600):
    for number in range(count):
        library = Library()
        library.entry(SONAME, library.text(f"lib{number}.so"))
        for other in (number + 1, number * 2, number * 3, count - 1 - number):
            if other < count:
                library.entry(NEEDED, library.text(f"lib{other}.so"))
        library.write(f"{folder}/lib{number}.so")
    library = Library()
    for number in range(count):
        library.entry(NEEDED, library.text(f"lib{number}.so"))
    library.write(f"{folder}/all.so")


KINDS = ["needed", "needed-short", "filters", "runpath", "runpath-different", "runpath-long", "tokens", "verneed", "verneed-ring", "verdef", "notes",
         "itself", "symbols", "symbols-long", "symbols-of-underscores", "copies", "shims",
         "debugging-information"]

if __name__ == "__main__":
    if sys.argv[1] == "--kinds":
        print("\n".join(KINDS))
    elif sys.argv[1] == "archive":
        archive(sys.argv[2])
    elif sys.argv[1] == "many":
        many(sys.argv[2])
    else:
        bomb(sys.argv[1], sys.argv[2])
