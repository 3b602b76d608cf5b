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
XXHASH = """/*
 * xxHash: XXH64 and XXH3
 * BSD 2-Clause License
 */
#if !defined(XXHASH_H)
#define XXHASH_H
#define XXH_VERSION_MAJOR    0
#define XXH_VERSION_MINOR    8
#define XXH_VERSION_RELEASE  3
#include <stdint.h>
#define ACC(x) XXH_##x  /* XXH_ and ACC */
typedef uint64_t xxh_u64;  // an xxh_u64
static const xxh_u64 PRIME_MX1 = 7ULL;  // PRIME_MX1
static const char* XXH_name(void) { return "XXH \\" xxh_u64"; }
#endif
"""
USER = """// xxh3 of quoit.
#pragma once
#if __has_include(<xxhash.h>)
#include <xxhash.h>
#else
#error "no xxhash.h"
#endif
#if XXH_VERSION_NUMBER < 800
#error "XXH is too old"
#endif

struct xxh3 {};
XXH64(1);  // XXH64
"""


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

    def with_xxhash(self, old="", new=""):
        self.write("quoit/b.hpp", HEADERS["quoit/b.hpp"].replace("#include <xxhash.h>\n", ""))
        self.write("quoit/xxhash.hpp", "// SPDX-License-Identifier: MIT\n" + USER)
        self.write("there/xxhash.h", XXHASH.replace(old, new, 1))
        return ["--bundle-xxhash", f"--xxhash={self.folder / 'there'}"]

    def test_bundled_xxhash(self):
        options = self.with_xxhash()
        out = self.folder / "out.hpp"
        first_of_two = [options[0], "--xxhash=/none", options[1], out]
        for arguments in ([*options, out], [options[1], options[0], out], first_of_two):
            done = self.run_script(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            text = out.read_text(encoding="utf-8")
            self.assertTrue(text.startswith("// SPDX-License-Identifier: MIT AND BSD-2-Clause\n// quoit 1.2.30, all"))
            self.assertIn("xxHash 0.8.3", text.splitlines()[1])
            self.assertIn("\n// SOFTWARE.\n#if !defined(QUOIT_SINGLE_HEADER)\n#define QUOIT_SINGLE_HEADER\n", text)
            self.assertTrue(text.endswith("\n#endif  // QUOIT_SINGLE_HEADER\n"))
            self.assertNotIn("#pragma once", text)
            # Every name has the prefix, and comments and literals are as they were.
            self.assertIn(
                XXHASH.splitlines()[1] + "\n * BSD 2-Clause License\n */\n"
                "#if !defined(QUOIT_DETAIL_XXHASH_H)\n#define QUOIT_DETAIL_XXHASH_H\n"
                "#define QUOIT_DETAIL_XXH_VERSION_MAJOR    0\n#define QUOIT_DETAIL_XXH_VERSION_MINOR    8\n"
                "#define QUOIT_DETAIL_XXH_VERSION_RELEASE  3\n#include <stdint.h>\n"
                "#define QUOIT_DETAIL_ACC(x) QUOIT_DETAIL_XXH_##x  /* XXH_ and ACC */\n"
                "typedef uint64_t QUOIT_DETAIL_xxh_u64;  // an xxh_u64\n"
                "static const QUOIT_DETAIL_xxh_u64 QUOIT_DETAIL_PRIME_MX1 = 7ULL;  // PRIME_MX1\n"
                'static const char* QUOIT_DETAIL_XXH_name(void) { return "XXH \\" xxh_u64"; }\n#endif\n', text)
            self.assertIn("\nstruct xxh3 {};\nQUOIT_DETAIL_XXH64(1);  // XXH64\n", text)
            self.assertNotIn("too old", text)
            out.unlink()
        done = self.run_script("--bundle-xxhash", options[1], "-")
        self.assertEqual(done.stdout, text)
        done = self.run_script(options[1], out)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--xxhash needs --bundle-xxhash", done.stderr)
        done = self.run_script(out, "--bundle-xxhash")  # the xxHash of this machine, if there is one
        self.assertIn((done.returncode, out.exists()), ((0, True), (1, False)), done.stderr)

    def test_check_of_bundled_xxhash(self):
        options = self.with_xxhash()
        done = self.run_script(*options, "--check", sys.executable, "-c", "")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.write("quoit/a.hpp", "#if 1\n#include <xxhash.h>\n#endif\n")
        self.assert_refused("xxhash has no prefix, or is still included", *options, "--check", sys.executable, "-c", "")

    def test_xxhash_that_cannot_be_bundled(self):
        out = self.folder / "out.hpp"
        there = self.folder / "there" / "xxhash.h"
        for old, new, message in (
                ("MINOR    8", "MINOR    7", f"{there} is xxHash 0.7.3, and quoit needs 0.8 or newer: XXH3 was not "
                                             "final before 0.8"),
                ("VERSION_MINOR", "VERSION_MAJOR", f"{there} does not define its version"),
                ("BSD 2-Clause", "Some", f"{there} does not contain its licence, BSD 2-Clause License, which has to be "
                                         "kept"),
                ("<stdint.h>", '"xxh3.h"', f"{there} includes xxh3.h, which would be missing")):
            self.assert_refused(message, *self.with_xxhash(old, new), out)
        options = self.with_xxhash()
        there.unlink()
        self.assert_refused(f"no xxhash.h in {there.parent}", *options, out)
        options = self.with_xxhash()
        self.write("quoit/xxhash.hpp", "#include <xxhash.h>\n")
        self.assert_refused("quoit/xxhash.hpp does not include <xxhash.h> once, in the form that is known here",
                            *options, out)

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
