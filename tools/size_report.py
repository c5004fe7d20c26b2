#!/usr/bin/python3
"""What a board's program takes: code, constants, static RAM, worst stack; and what it must not contain.

Usage: size_report.py ELF OBJECTS... [--json FILE] [--check]

ELF is the program, OBJECTS the build folders of what is linked, with the compiler's call graphs (-fcallgraph-info=su, files *.ci).
--json writes the figures for `dynbal inspect`; --check fails if a limit is exceeded or a forbidden symbol is linked.

Stack: the deepest path of the call graph from reset on, plus one exception frame. A call through a pointer may reach any
function that nobody calls by name. A path never visits a function twice: nothing here is recursive. Functions of the C
library have no call graph; each counts LIBRARY_STACK_BYTES.
"""

import argparse
import glob
import json
import os
import re
import subprocess
import sys

CODE_MAX = 42 * 1024       # code and constants of engine and board, no model: all operations are linked
STATIC_RAM_MAX = 4 * 1024  # data and bss, without arena and stack
LIBRARY_STACK_BYTES = 64
EXCEPTION_FRAME_BYTES = 104  # with FPU state (Armv7-M Architecture Reference Manual, B1.5.6)
FORBIDDEN = re.compile(
    r"^(malloc|free|calloc|realloc|_sbrk|.*printf.*|_Znw.*|_Zna.*|_Zdl.*|_Zda.*|__cxa_throw.*|__cxa_guard.*|"
    r"__aeabi_d(add|sub|mul|div|cmp.*|2.*)|__aeabi_[fiul]+2d|_Unwind.*)$")
NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "[^"]*?(\d+) bytes')
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
INDIRECT = "__indirect_call"
OURS = re.compile(r"^(reset_entry$|_ZNK?6dynbal)")  # functions that the build compiles, so each has a call graph


def tool(name, *arguments):
    return subprocess.run([f"arm-none-eabi-{name}", *arguments], check=True, capture_output=True, text=True).stdout


def section_bytes(elf):
    sizes = {}
    for line in tool("size", "-A", elf).splitlines():
        words = line.split()
        if len(words) == 3 and words[0].startswith("."):
            sizes[words[0]] = int(words[1])
    return sizes


def symbols(elf):
    """Names of the functions and data that are linked, with their addresses."""
    return {line.split()[-1]: int(line.split()[0], 16) for line in tool("nm", elf).splitlines() if len(line.split()) == 3}


def functions(elf):
    """Names of the functions that are linked, with their addresses."""
    found = {}
    for line in tool("readelf", "-sW", elf).splitlines():
        words = line.split()  # number, address, size, type, binding, visibility, section, name
        if len(words) == 8 and words[3] == "FUNC" and words[6] != "UND":
            found[words[7]] = int(words[1], 16)
    return found


class CallGraph:
    """Of the functions `linked`, as far as files *.ci below `folders` tell."""

    def __init__(self, folders, linked):
        self.stack = {}
        self.callees = {}
        called = set()
        for path in (path for folder in folders for path in glob.glob(os.path.join(folder, "**", "*.ci"), recursive=True)):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    if node := NODE.match(line):
                        name = self.plain(node[1])
                        self.stack[name] = max(self.stack.get(name, 0), int(node[2]))
                    elif edge := EDGE.match(line):
                        source, target = self.plain(edge[1]), self.plain(edge[2])
                        self.callees.setdefault(source, set()).add(target)
                        called.add(target)
        # One function may have several names: constructors have.
        known = {linked[name] for name in self.stack if name in linked}
        self.missing = sorted(name for name in linked if OURS.match(name) and linked[name] not in known)
        self.pointed_at = {name for name in self.stack if name not in called and name in linked}
        self.depths = {}

    @staticmethod
    def plain(title):
        """Local functions carry their file's name before a colon."""
        return title.rsplit(":", 1)[-1]

    def depth(self, name, path=()):
        """Bytes of the deepest path from `name` on, and the path."""
        if name in path:
            return 0, ()
        if name not in self.stack:
            return (LIBRARY_STACK_BYTES, (name,)) if name != INDIRECT else self.deepest(self.pointed_at, path)
        if name in self.depths:
            return self.depths[name]
        below, route = self.deepest(self.callees.get(name, ()), path + (name,))
        result = self.stack[name] + below, (name,) + route
        self.depths[name] = result
        return result

    def deepest(self, names, path):
        return max((self.depth(name, path) for name in sorted(names)), default=(0, ()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("elf")
    parser.add_argument("objects", nargs="+", help="folders with what is linked: *.ci below them is read")
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    sections = section_bytes(arguments.elf)
    linked = symbols(arguments.elf)
    graph = CallGraph(arguments.objects, functions(arguments.elf))
    if graph.missing:
        sys.exit(f"no call graph of {graph.missing[0]} below {' '.join(arguments.objects)} (a compiler cache?): build it anew without one")
    worst, route = graph.depth("reset_entry")
    figures = {
        "code_bytes": sections.get(".text", 0),
        "constant_bytes": sections.get(".rodata", 0) + sections.get(".data", 0),
        "static_ram_bytes": sections.get(".data", 0) + sections.get(".bss", 0),
        "worst_stack_bytes": worst + EXCEPTION_FRAME_BYTES,
        "stack_bytes": linked["stack_top"] - linked["arena_end"],
        "arena_bytes": linked["arena_end"] - linked["arena_begin"],
    }
    name = os.path.splitext(os.path.basename(arguments.elf))[0]
    print(f"{name:16}" + "".join(f"  {key.removesuffix('_bytes').replace('_', ' ')} {value:,}" for key, value in figures.items()))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    if arguments.check:
        sys.exit(check(figures, linked, route))


def check(figures, linked, route):
    problems = []
    if figures["code_bytes"] + figures["constant_bytes"] > CODE_MAX:
        problems.append(f"code and constants exceed {CODE_MAX} bytes")
    if figures["static_ram_bytes"] > STATIC_RAM_MAX:
        problems.append(f"static RAM exceeds {STATIC_RAM_MAX} bytes")
    if figures["worst_stack_bytes"] > figures["stack_bytes"]:
        problems.append("the stack may overflow along " + " > ".join(route))
    for symbol in sorted(linked):
        if FORBIDDEN.match(symbol):
            problems.append(f"{symbol} is linked")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    main()
