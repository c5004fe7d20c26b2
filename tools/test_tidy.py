#!/usr/bin/python3
"""Tests tidy.py: every rule finds its offence, and a good tree has none."""

import os
import tempfile
import unittest

from tidy import Checker

ORDER = "add_subdirectory(base)  # freestanding\nadd_subdirectory(io)  # host\n"
GOOD = "//! Good.\n#pragma once\n"


class TidyTest(unittest.TestCase):
    def problems(self, **files):
        """Problems of a tree with these files; `__` in a name stands for `/`, `_dot_` for `.`."""
        tree = {"src/CMakeLists.txt": ORDER, "src/base/a.hpp": GOOD, "src/io/b.hpp": GOOD}
        for name, content in files.items():
            tree[name.replace("__", "/").replace("_dot_", ".")] = content
        with tempfile.TemporaryDirectory() as root:
            for path, content in tree.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(content)
            return Checker(root).check()

    def one(self, expected, **files):
        problems = self.problems(**files)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(expected, problems[0])

    def test_good_tree(self):
        self.assertEqual(self.problems(
            src__io__b_dot_hpp=GOOD + '#include <string>\n#include "base/a.hpp"\n',
            src__base__a_dot_hpp=GOOD + "#include <cstdint>\n// TODO(#12): later\n",
            src__io__CMakeLists_dot_txt="add_library(io c.cpp)\n",
            src__io__c_dot_cpp='#include "io/b.hpp"\n'), [])

    def test_includes(self):
        self.one("base must not include io",
                 src__base__a_dot_hpp=GOOD + '#include "io/b.hpp"\n')
        self.one("<vector> in the freestanding folder base",
                 src__base__a_dot_hpp=GOOD + "#include <vector>\n")
        self.one("is no file of src", src__io__b_dot_hpp=GOOD + '#include "b.hpp"\n')
        self.one("is no file of src", src__io__b_dot_hpp=GOOD + '#include "io/no.hpp"\n')
        self.one("is freestanding, io is not", src__late__d_dot_hpp=GOOD + '#include "io/b.hpp"\n',
                 src__CMakeLists_dot_txt=ORDER + "add_subdirectory(late) # freestanding\n")

        self.one("base/error.hpp is for the host",
                 src__base__error_dot_hpp=GOOD + "#include <string>\n",
                 src__base__a_dot_hpp=GOOD + '#include "base/error.hpp"\n')

    def test_files(self):
        self.one("in no CMakeLists.txt", src__io__c_dot_cpp="")
        self.one("opens with", src__io__b_dot_hpp="#pragma once\n")
        self.one("no `#pragma once`", src__io__b_dot_hpp="//! A.\n")
        self.one("not in src/CMakeLists.txt", src__other__b_dot_hpp=GOOD)
        self.one("401 lines, at most 400", tests__a_dot_cpp="\n" * 401)

    def test_lines(self):
        for line in ("#if 1", "#ifdef A", "  # ifndef A", "#else"):
            self.one("conditional compilation", src__io__b_dot_hpp=GOOD + line + "\n")
        self.one("TODO without", tests__a_dot_cpp="// TODO: later\n")
        self.one("TODO without", dev="# FIXME\n")


if __name__ == "__main__":
    unittest.main()
