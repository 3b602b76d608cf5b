#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes all of quoit as one header, for projects that copy a file instead of installing a package.

    amalgamate.py FILE                  writes it; the name is yours, quoit.hpp is usual
    amalgamate.py --check [COMMAND...]  makes one, and fails unless every header is in it, whole, no include of a quoit
                                        header is left, and it compiles: COMMAND is a compiler with its options
                                        (default: $CXX or c++, which only checks, with the warnings of the tests)

The same headers always give the same bytes. <xxhash.h> stays an include, so that a program contains xxHash once.

    licence           from LICENSE
    #include <...>    of the standard library, each once
    headers           each after those that it includes, in the order of quoit.hpp, with its comments

An include under #if, such as that of <xxhash.h>, stays where it is. Rejected: running the preprocessor, which would decide
every #if for one machine and remove the comments.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
UMBRELLA = "quoit/quoit.hpp"
SPDX = "// SPDX-License-Identifier: MIT"
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
LEFT_OPEN = re.compile(r"\s*#\s*include\s*[<\"]quoit/")
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()


class Problem(Exception):
    """A message for the user, in one line."""


class Header:
    """The parts of a header: its includes, and the other lines."""

    def __init__(self, folder, name):
        self.quoit, self.system, self.lines = [], [], []
        depth = 0
        for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), 1):
            directive = re.match(r"\s*#\s*(\w+)", line)
            directive = directive.group(1) if directive else ""
            depth += directive in ("if", "ifdef", "ifndef")
            depth -= directive == "endif"
            include = INCLUDE.match(line)
            if include:
                delimiter, file = include.groups()
                ours = file.startswith("quoit/")
                if delimiter == '"':
                    raise Problem(f'{name}:{number}: #include "{file}": quoit includes with <> only')
                if ours and not (folder / file).is_file():
                    raise Problem(f"{name}:{number}: no such header: {file}")
                if ours and depth:
                    raise Problem(f"{name}:{number}: {file} is included under an #if, which would be lost")
                if depth == 0:
                    (self.quoit if ours else self.system).append(file)
                    continue
            if line == SPDX or (directive == "pragma" and re.fullmatch(r"\s*#\s*pragma\s+once\s*", line)):
                continue
            self.lines.append(line)
        if depth:
            raise Problem(f"{name}: an #if without its #endif")

    def text(self):
        """The other lines, without the gaps of the includes."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")


def read(folder):
    """All headers by name, each after those that it includes."""
    present = sorted(path.relative_to(folder).as_posix() for path in (folder / "quoit").rglob("*.hpp"))
    if UMBRELLA not in present:
        raise Problem(f"no {UMBRELLA} in {folder}")
    headers = {name: Header(folder, name) for name in present}
    ordered, path = {}, []

    def visit(name):
        if name in path:
            raise Problem("headers include each other: " + " -> ".join(path[path.index(name):] + [name]))
        if name in ordered:
            return
        path.append(name)
        for included in headers[name].quoit:
            visit(included)
        path.pop()
        ordered[name] = headers[name]

    visit(UMBRELLA)
    for name in present:
        visit(name)
    del ordered[UMBRELLA]  # a table of contents, and no code
    return ordered


def marker(name):
    return f"// {name} ".ljust(120, "=")


def version(folder):
    text = (folder / "quoit/version.hpp").read_text(encoding="utf-8")
    return ".".join(re.search(rf"^#define QUOIT_VERSION_{part} (\d+)$", text, re.M).group(1)
                    for part in ("MAJOR", "MINOR", "PATCH"))


def amalgamate(folder):
    headers = read(folder)
    system = sorted({file for header in headers.values() for file in header.system})
    standard = [file for file in system if not file.endswith(".h")]
    others = [file for file in system if file.endswith(".h")]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").rstrip("\n")
    parts = [
        SPDX,
        f"// quoit {version(folder)}, all of it in one header. It needs C++20 and xxHash: link libxxhash, or define\n"
        "// XXH_INLINE_ALL for the whole program.\n//\n"
        "// Made by packaging/amalgamate.py: change the headers, not this file, and do not include both in one source "
        "file.\n//",
        "\n".join(f"// {line}".rstrip() for line in licence.splitlines()),
        "#pragma once\n",
        "\n".join(f"#include <{file}>" for file in standard) + "\n",
        "\n".join(f"#include <{file}>" for file in others),
    ]
    for name, header in headers.items():
        parts += ["", marker(name), header.text()]
    return "\n".join(parts) + "\n"


def check(folder, command):
    text = amalgamate(folder)
    if text != amalgamate(folder):
        raise Problem("two runs give two headers")

    # Checks the result independently of the code that wrote it: plain lines, in the headers' own order.
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if LEFT_OPEN.match(line):
            raise Problem(f"line {number} still says {line.strip()}")
    starts = {line: number for number, line in enumerate(lines)}
    wanted = set()
    for path in sorted((folder / "quoit").rglob("*.hpp")):
        name = path.relative_to(folder).as_posix()
        source = path.read_text(encoding="utf-8").splitlines()
        wanted.update(m.group(2) for m in map(INCLUDE.match, source) if m and not m.group(2).startswith("quoit/"))
        if name == UMBRELLA:
            code = [line for line in source if not re.match(r"\s*$|//|#include <quoit/|#pragma once$", line)]
            if code:
                raise Problem(f"{name} has code, which is lost: {code[0]}")
            continue
        if lines.count(marker(name)) != 1:
            raise Problem(f"{name} is included {lines.count(marker(name))} times")
        position = starts[marker(name)] + 1
        for line in source:
            if not line.strip() or line in (SPDX, "#pragma once"):
                continue
            while position < len(lines) and not lines[position].strip():
                position += 1
            if position == len(lines) or lines[position] != line:
                if INCLUDE.match(line):
                    continue  # it is at the top: see below
                raise Problem(f"{name}: this line is in the wrong place: {line}")
            position += 1
    for file in sorted(wanted):
        if lines.count(f"#include <{file}>") != 1:
            raise Problem(f"<{file}> is included {lines.count(f'#include <{file}>')} times")
    if SPDX != lines[0] or "// MIT License" not in lines or lines.count("#pragma once") != 1:
        raise Problem("SPDX line, licence or #pragma once is missing")

    command = command or shlex.split(os.environ.get("CXX", "c++")) + ["-std=c++20", "-fsyntax-only", *WARNINGS]
    with tempfile.TemporaryDirectory() as scratch:
        (pathlib.Path(scratch) / "quoit.hpp").write_text(text, encoding="utf-8")
        program = pathlib.Path(scratch) / "twice.cpp"
        program.write_text('#include "quoit.hpp"\n#include "quoit.hpp"\nquoit::ring<> ring;\n', encoding="utf-8")
        if subprocess.run([*command, str(program)], check=False).returncode:
            raise Problem("it does not compile: " + shlex.join(command))


def main():
    parser = argparse.ArgumentParser(description="Writes all of quoit as one header.",
                                     usage="%(prog)s [--include FOLDER] FILE | --check [COMMAND...]")
    parser.add_argument("--include", type=pathlib.Path, default=ROOT / "include", help="the folder that holds quoit/")
    parser.add_argument("--check", action="store_true",
                        help="make a header, and check that it is complete and compiles")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="FILE | COMMAND...")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            check(arguments.include, arguments.rest)
        elif len(arguments.rest) == 1:
            text = amalgamate(arguments.include)
            with open(arguments.rest[0], "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        else:
            parser.error("name one file to write")
    except (Problem, OSError) as problem:
        print(f"amalgamate: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
