#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the exports of module/quoit.cppm with the public names of the headers. Both must have the same names.

    module_exports.py CLANG++ [FLAG]...

clang, in any version, lists the names in the headers. Names in namespace quoit::detail are not public.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULE = ROOT / "module" / "quoit.cppm"
# Kinds of declarations without a name of their own to export.
NAMELESS = {"NamespaceDecl", "CXXDeductionGuideDecl", "StaticAssertDecl", "LinkageSpecDecl", "EmptyDecl"}


def declared(compiler, flags):
    """The names in the namespace itself, from the syntax tree. It has 140 MB, so only its indentation is read."""
    command = [compiler, "-std=c++20", "-w", "-fsyntax-only", "-x", "c++", "-", f"-I{ROOT / 'include'}", *flags]
    # The filter compares qualified names, which begin with the inline namespace quoit::v0_2_0.
    dump = ["-Xclang", "-ast-dump=json", "-Xclang", "-ast-dump-filter=quoit::v"]
    process = subprocess.Popen(command + dump, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write("#include <quoit/quoit.hpp>\n")
    process.stdin.close()
    names, kind = set(), None
    for line in process.stdout:
        match = re.match(r' {6}"(kind|name)": "([^"]+)"', line)  # deeper levels are members, parameters, bodies
        if not match:
            continue
        if match[1] == "kind":
            kind = match[2]
        # A deduction guide that is a template has a name in angle brackets.
        elif kind not in NAMELESS and not kind.endswith("SpecializationDecl") and not match[2].startswith("<"):
            names.add(match[2])
    if process.wait() != 0:
        sys.exit(f"{compiler} cannot read the headers")
    return names


def exported():
    text = re.sub(r"//[^\n]*", "", MODULE.read_text(encoding="utf-8"))
    return set(re.findall(r"using quoit::(?:\w+::)*(\w+|operator[^;\s]+);", text))


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    public, given = declared(arguments[0], arguments[1:]), exported()
    if "ring" not in public:
        sys.exit(f"{arguments[0]} prints its syntax tree in a format that this script does not know")
    for name in sorted(public - given):
        print(f"quoit::{name} is in the headers, but not in module/quoit.cppm: "
              f"add `using quoit::{name};`, or move it to detail")
    for name in sorted(given - public):
        print(f"quoit::{name} is in module/quoit.cppm, but is not a public name of the headers")
    if public != given:
        sys.exit(1)
    print(f"{len(public)} names")


if __name__ == "__main__":
    main(sys.argv[1:])
