#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests phrases.py on a small project with a list of its own."""

import pathlib
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().with_name("phrases.py")
PHRASES = ["frob", "by the wobble", "zip::inline ZIP"] + ["filler number " + "abcdefgh"[i] for i in range(8)]
CONTRIBUTING = """# Working on it

Nothing frobs here.

## Refused phrases

frob, in the section of the list, is no hit.

%s

## More

By the Wobble.
"""
FILES = {
    "include/a.hpp": "// Goes by\n// the wobble, as a comment.\n/// by the\n///< wobble\nint frob_count = 0;\n",
    "include/clean.hpp": "// frobnicate, unfrob, by_the_wobble, by the\n// other wobble: no hits.\n",
    "tests/b.cpp": 'const char* text = "by the "\n    "wobble";\nnamespace zip::inline ZIP_VERSION {\n',
    "docs/c.md": "It is by\nthe wobble.\n\n- by the\n  wobble\n",
    "scripts/run": "#!/bin/sh\n# Frob,\n# by the\n# wobble\n",
    "tests/data/foreign.txt": "frob\n",
    "build/generated.cpp": "// frob\n",
    "docs/picture.svg": "frob\n",
}
EXPECTED = ["CONTRIBUTING.md:25", "include/a.hpp:1", "include/a.hpp:3", "include/a.hpp:5", "tests/b.cpp:1", "tests/b.cpp:3",
            "docs/c.md:1", "docs/c.md:4", "scripts/run:2", "scripts/run:3"]


def run(root):
    return subprocess.run([sys.executable, str(SCRIPT), str(root)], capture_output=True, text=True, check=False)


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check(condition, what, result):
    if not condition:
        sys.exit("%s:\n%s%s" % (what, result.stdout, result.stderr))


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        table = "| refused | instead |\n|---|---|\n" + "\n".join("| `%s` | x |" % phrase for phrase in PHRASES)
        write(root, "CONTRIBUTING.md", CONTRIBUTING % table)
        for i in range(10):
            write(root, "tests/clean_%d.cpp" % i, "int clean;\n")
        result = run(root)
        check(result.returncode != 0 and result.stdout.split("\n")[0].startswith("CONTRIBUTING.md"),
              "a phrase of CONTRIBUTING.md outside of the list is not found", result)

        for name, text in FILES.items():
            write(root, name, text)
        result = run(root)
        found = [":".join(line.split(":")[:2]) for line in result.stdout.split("\n")[:-2]]
        check(sorted(found) == sorted(EXPECTED), "expected %s, found %s" % (sorted(EXPECTED), sorted(found)), result)
        check(result.returncode != 0, "hits do not fail", result)

        write(root, "CONTRIBUTING.md", CONTRIBUTING.replace("By the Wobble", "By a wobble") % table)
        for name in FILES:
            (root / name).unlink()
        result = run(root)
        check(result.returncode == 0, "a clean project fails", result)

        write(root, "CONTRIBUTING.md", "# No list\n")
        result = run(root)
        check(result.returncode != 0, "a missing list is not noticed", result)


main()
