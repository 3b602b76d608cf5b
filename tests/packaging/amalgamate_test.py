#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests packaging/amalgamate.py on headers made for the purpose: their order, what is kept, what is refused."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "amalgamate.py"
HEADERS = {
    "quoit/quoit.hpp": "// All.\n#pragma once\n#include <quoit/b.hpp>  // b\n",
    "quoit/a.hpp": "// A.\n#pragma once\n\n#include <vector>\n#include <atomic>\n\nstruct a {};\n",
    "quoit/b.hpp": "// B.\n#pragma once\n#include <vector>\n\n#include <xxhash.h>\n\n#include <quoit/a.hpp>\n\n"
                   "#if defined(NEVER)\n#include <there_is_no_such_header.h>\n#endif\n\n"
                   "// not one: #include <quoit/a.hpp>\nstruct b : a {};\n",
    "quoit/detail/alone.hpp": "// No header includes it.\n#pragma once\n#include <quoit/version.hpp>\n"
                              "struct alone {};\n",
    "quoit/version.hpp": "#pragma once\n#define QUOIT_VERSION_MAJOR 1\n#define QUOIT_VERSION_MINOR 2\n"
                         "#define QUOIT_VERSION_PATCH 30\n"
                         "namespace quoit { template <class T = int> class ring {}; }\n",
}


class Amalgamate(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        for name, text in HEADERS.items():
            self.write(name, "// SPDX-License-Identifier: MIT\n" + text)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run_script(self, *arguments):
        return subprocess.run([sys.executable, SCRIPT, "--include", self.folder, *arguments], capture_output=True,
                              text=True, check=False)

    def result(self):
        out = self.folder / "out.hpp"
        done = self.run_script(out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return out.read_text(encoding="utf-8")

    def assert_refused(self, message, *arguments):
        done = self.run_script(*(arguments or [self.folder / "out.hpp"]))
        self.assertEqual((done.returncode, done.stderr), (1, f"amalgamate: {message}\n"))
        self.assertFalse((self.folder / "out.hpp").exists())

    def test_what_it_writes(self):
        text = self.result()
        self.assertTrue(text.startswith("// SPDX-License-Identifier: MIT\n// quoit 1.2.30, all of it"))
        self.assertIn("// MIT License\n", text)
        rule = {name: f"// {name} ".ljust(120, "=") + "\n" for name in HEADERS}
        self.assertTrue(text.endswith(
            "// SOFTWARE.\n#pragma once\n\n#include <atomic>\n#include <vector>\n\n#include <xxhash.h>\n\n"
            + rule["quoit/a.hpp"] + "// A.\n\nstruct a {};\n\n"
            + rule["quoit/b.hpp"] + "// B.\n\n#if defined(NEVER)\n#include <there_is_no_such_header.h>\n#endif\n\n"
            "// not one: #include <quoit/a.hpp>\nstruct b : a {};\n\n"
            + rule["quoit/version.hpp"] + HEADERS["quoit/version.hpp"].replace("#pragma once\n", "") + "\n"
            + rule["quoit/detail/alone.hpp"] + "// No header includes it.\nstruct alone {};\n"), text)

    def test_same_headers_same_bytes(self):
        self.assertEqual(self.result(), self.result())

    def test_check(self):
        done = self.run_script("--check", sys.executable, "-c", "")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        fails = self.run_script("--check", sys.executable, "-c", "raise SystemExit(1)")
        self.assertEqual(fails.returncode, 1)
        self.assertIn("it does not compile", fails.stderr)

    def test_check_finds_code_in_the_umbrella(self):
        self.write("quoit/quoit.hpp", "#include <quoit/b.hpp>\nint lost;\n")
        self.assert_refused("quoit/quoit.hpp has code, which is lost: int lost;", "--check", sys.executable, "-c", "")

    def test_circle(self):
        self.write("quoit/a.hpp", "#include <quoit/b.hpp>\n")
        self.assert_refused("headers include each other: quoit/b.hpp -> quoit/a.hpp -> quoit/b.hpp")

    def test_missing_header(self):
        self.write("quoit/a.hpp", "\n#include <quoit/nothing.hpp>\n")
        self.assert_refused("quoit/a.hpp:2: no such header: quoit/nothing.hpp")

    def test_conditional_header(self):
        self.write("quoit/b.hpp", "#if 1\n# include <quoit/a.hpp>\n#endif\n")
        self.assert_refused("quoit/b.hpp:2: quoit/a.hpp is included under an #if, which would be lost")

    def test_quotes(self):
        self.write("quoit/b.hpp", '#include "a.hpp"\n')
        self.assert_refused('quoit/b.hpp:1: #include "a.hpp": quoit includes with <> only')

    def test_open_if(self):
        self.write("quoit/b.hpp", "#ifdef A\n")
        self.assert_refused("quoit/b.hpp: an #if without its #endif")

    def test_no_folder(self):
        self.folder = self.folder / "quoit"
        self.assert_refused(f"no quoit/quoit.hpp in {self.folder}")


if __name__ == "__main__":
    unittest.main()
