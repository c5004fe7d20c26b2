#!/usr/bin/python3
"""Checks the rules of STYLE.md that no compiler checks.

Usage: tidy.py [FOLDER]     (default: the repository this file is in)

  * a folder of src/ includes only itself and the folders before it in src/CMakeLists.txt;
  * a freestanding folder includes only freestanding ones, and the headers listed below;
  * every included file of ours exists, and every .cpp file is built;
  * a header opens with `//!` (what it is for) and has `#pragma once`;
  * no conditional compilation in src/;
  * no file above 400 lines; no TODO without the number of its issue.

Prints `file:line: reason`, one a line; exit code 1 if there is any.
"""

import os
import re
import sys

LINES_MAX = 400
# The compiler's own headers: all that a microcontroller without a C++ library has or can have.
FREESTANDING_HEADERS = {
    "algorithm", "arm_acle.h", "array", "bit", "cstddef", "cstdint", "cstring", "immintrin.h", "limits", "optional", "span",
    "stdint.h",
    "type_traits", "utility",
}
# Headers of freestanding folders for the host side: no other freestanding file may include them.
HOST_HEADERS = {"base/error.hpp"}
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__"}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITIONAL = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif|else)\b")
TODO = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\)| #\d+)")
SUBDIRECTORY = re.compile(r"\s*add_subdirectory\((\w+)\)\s*(#\s*freestanding)?")


class Checker:
    def __init__(self, root):
        self.root = root
        self.problems = []
        self.order = []
        self.freestanding = set()
        for line in self.lines("src/CMakeLists.txt"):
            match = SUBDIRECTORY.match(line)
            if match:
                self.order.append(match[1])
                if match[2]:
                    self.freestanding.add(match[1])

    def lines(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read().splitlines()

    def problem(self, path, line, reason):
        self.problems.append(f"{path}:{line}: {reason}")

    def files(self):
        """Paths of all C++, Python and shell sources, sorted."""
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
            for name in sorted(names):
                if name.endswith((".cpp", ".hpp", ".h", ".py", ".sh", ".ts", ".mjs", ".css")) or name == "dev":
                    yield os.path.relpath(os.path.join(folder, name), self.root)

    def check_include(self, path, number, kind, target):
        folder = path.split("/")[1]
        freestanding = folder in self.freestanding and path[len("src/"):] not in HOST_HEADERS
        if kind == "<":
            if freestanding and target not in FREESTANDING_HEADERS:
                self.problem(path, number, f"<{target}> in the freestanding folder {folder}")
            return
        other = target.split("/")[0]
        if other not in self.order or not os.path.exists(os.path.join(self.root, "src", target)):
            self.problem(path, number, f'"{target}" is no file of src (write "folder/file.hpp")')
        elif self.order.index(other) > self.order.index(folder):
            self.problem(path, number, f"{folder} must not include {other}, which comes after it")
        elif freestanding and target in HOST_HEADERS:
            self.problem(path, number, f"{folder} is freestanding, {target} is for the host")
        elif freestanding and other not in self.freestanding:
            self.problem(path, number, f"{folder} is freestanding, {other} is not")

    def check_product(self, path, lines):
        """Rules for src/ only."""
        folder = path.split("/")[1]
        if folder not in self.order:
            self.problem(path, 1, f"the folder {folder} is not in src/CMakeLists.txt")
            return
        for number, line in enumerate(lines, 1):
            include = INCLUDE.match(line)
            if include:
                self.check_include(path, number, include[1], include[2])
            if CONDITIONAL.match(line):
                self.problem(path, number, "conditional compilation")
        name = os.path.basename(path)
        if name.endswith(".hpp"):
            if not lines or not lines[0].startswith("//!"):
                self.problem(path, 1, "a header opens with `//!` and what it is for")
            if "#pragma once" not in lines:
                self.problem(path, 1, "no `#pragma once`")
        if name.endswith(".cpp") and not self.is_built(os.path.dirname(path), name):
            self.problem(path, 1, "in no CMakeLists.txt: dead, or forgotten")

    def is_built(self, folder, name):
        """Whether the CMakeLists.txt of the folder, or of one above it, names the file."""
        while folder:
            if os.path.exists(os.path.join(self.root, folder, "CMakeLists.txt")):
                text = "\n".join(self.lines(f"{folder}/CMakeLists.txt"))
                if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.])", text):
                    return True
            folder = os.path.dirname(folder)
        return False

    def check(self):
        for path in self.files():
            lines = self.lines(path)
            if len(lines) > LINES_MAX:
                self.problem(path, LINES_MAX + 1, f"{len(lines)} lines, at most {LINES_MAX}")
            for number, line in enumerate(lines, 1):
                if TODO.search(line) and not path.startswith("tools/"):
                    self.problem(path, number, "TODO without the number of its issue")
            if path.startswith("src/"):
                self.check_product(path, lines)
        return self.problems


def main():
    if len(sys.argv) > 2 or any(argument.startswith("-") for argument in sys.argv[1:]):
        sys.exit(__doc__.strip())
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    problems = Checker(sys.argv[1] if len(sys.argv) == 2 else here).check()
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
