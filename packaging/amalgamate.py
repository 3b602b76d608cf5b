#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes all of quoit as one header, for projects that copy a file instead of installing a package.

    amalgamate.py FILE                  writes it; the name is yours, quoit.hpp is usual, and - is the standard output
    amalgamate.py --check [COMMAND...]  makes one, and fails unless every header is in it, whole, no include of a quoit
                                        header is left, and it compiles: COMMAND is a compiler with its options
                                        (default: $CXX or c++, which only checks, with the warnings of the tests)

The same headers always give the same bytes. <xxhash.h> stays an include, so that a program contains xxHash once.

    licence           from LICENSE
    #include <...>    of the standard library, each once
    headers           each after those that it includes, in the order of quoit.hpp, with its comments

An include under #if, such as that of <xxhash.h>, stays where it is. Rejected: running the preprocessor, which would decide
every #if for one machine and remove the comments.

    amalgamate.py --bundle-xxhash ...   puts the installed xxHash in the place of that include, with its licence, so
                                        that the file needs nothing else. --xxhash FOLDER names the folder of another
                                        xxhash.h than the one that the compiler ($CXX or c++) finds.

All names of that xxHash get a prefix, macros as well. So the program's own <xxhash.h> may be included before or after,
with or without XXH_INLINE_ALL. Rejected: xxHash's own XXH_INLINE_ALL without the prefix, which renames the functions
for every later line of the program.
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
SPDX_BUNDLED = SPDX + " AND BSD-2-Clause"
GUARD = "QUOIT_SINGLE_HEADER"
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
LEFT_OPEN = re.compile(r"\s*#\s*include\s*[<\"]quoit/")
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()

XXHASH_USER = "quoit/xxhash.hpp"  # the header that includes <xxhash.h>
XXHASH_INCLUDE = re.compile(r"^#if __has_include\(<xxhash\.h>\)\n.*?^#endif\n"
                            r"#if XXH_VERSION_NUMBER < 800\n.*?^#endif\n", re.M | re.S)
XXHASH_LICENCE = "BSD 2-Clause License"
PREFIX = "QUOIT_DETAIL_"
# Warnings of g++ that some xxHash has, or had when it was compiled as a part of a program.
XXHASH_WARNINGS = ("-Wcast-align -Wcast-qual -Wconversion -Wlong-long -Wold-style-cast -Wpadded -Wpedantic -Wshadow "
                   "-Wsign-conversion -Wswitch-default -Wswitch-enum -Wundef -Wunused-function -Wunused-macros "
                   "-Wuseless-cast").split()
# A comment or a literal, which stays as it is, or a name.
TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\b[A-Za-z_]\w*""", re.S)


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


def find_xxhash():
    """The folder of the xxhash.h that the compiler finds."""
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    try:
        done = subprocess.run([*compiler, "-M", "-x", "c++", "-"], input="#include <xxhash.h>\n", capture_output=True,
                              text=True, check=False)
    except OSError as problem:
        raise Problem(f"no compiler finds xxhash.h: {problem}; name its folder, --xxhash FOLDER") from problem
    found = re.search(r"(?:\\.|\S)*[/\\]xxhash\.h(?=\s|$)", done.stdout)
    if done.returncode or not found:
        raise Problem(f"{shlex.join(compiler)} finds no xxhash.h: install libxxhash-dev (Debian), xxhash-devel (Fedora) "
                      "or xxhash (Homebrew, vcpkg, Conan), or name its folder, --xxhash FOLDER")
    return pathlib.Path(found.group(0).replace("\\ ", " ")).parent


def prefixed(text, names="XXH"):
    """C++ in which every name of xxHash has the prefix. In quoit's own code, these begin with XXH."""
    def token(match):
        word = match.group(0)
        return PREFIX + word if re.match(names, word) else word

    return TOKEN.sub(token, text)


class XxHash:
    """The installed xxHash, ready to be a part of the header."""

    def __init__(self, folders):
        path = next((folder / "xxhash.h" for folder in folders if (folder / "xxhash.h").is_file()), None)
        if not path:
            raise Problem(f"no xxhash.h in {' or '.join(map(str, folders))}")
        self.source = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
        numbers = [re.search(rf"^#\s*define XXH_VERSION_{part}\s+(\d+)", self.source, re.M)
                   for part in ("MAJOR", "MINOR", "RELEASE")]
        if not all(numbers):
            raise Problem(f"{path} does not define its version")
        numbers = [int(number.group(1)) for number in numbers]
        self.version = ".".join(map(str, numbers))
        if numbers < [0, 8]:
            raise Problem(f"{path} is xxHash {self.version}, and quoit needs 0.8 or newer: "
                          "XXH3 was not final before 0.8")
        if XXHASH_LICENCE not in self.source:
            raise Problem(f"{path} does not contain its licence, {XXHASH_LICENCE}, which has to be kept")
        code = re.sub(r"/\*.*?\*/", "", self.source, flags=re.S)
        other = re.search(r'^\s*#\s*include\s*"([^"]+)"', code, re.M)
        if other:
            raise Problem(f"{path} includes {other.group(1)}, which would be missing")
        # It has some macros with other names, under an #if, and since 0.8.3 constants. __names and `inline` are for the
        # compiler.
        macros = set(re.findall(r"^\s*#\s*define\s+(?!_|inline\b)(\w+)", code, re.M))
        constants = set(re.findall(r"^(?:static|const)\b[\w\s]*\b(\w+)(?:\[\w*\])?\s*=", code, re.M))
        self.names = "(?:XXH|xxh|(?:%s)$)" % "|".join(sorted(macros | constants | {"XXH"}))

    def text(self):
        """Headers that it includes stay where they are: each is under an #if, or is a header of C."""
        return "\n".join([
            f"// xxHash {self.version} by Yann Collet, under the {XXHASH_LICENCE} of the next comment. Its names have "
            f"the prefix\n// {PREFIX}, so that the program may use another xxHash. Warnings about it are off.",
            "#if defined(__clang__)",
            "#pragma clang diagnostic push",
            '#pragma clang diagnostic ignored "-Weverything"',
            "#elif defined(__GNUC__)",
            "#pragma GCC diagnostic push",
            *(f'#pragma GCC diagnostic ignored "{name}"' for name in XXHASH_WARNINGS),
            "#elif defined(_MSC_VER)",
            "#pragma warning(push, 0)",
            "#endif",
            f"#define {PREFIX}XXH_INLINE_ALL",
            prefixed(self.source, self.names).strip("\n"),
        ]) + "\n"

    @staticmethod
    def end():
        """Follows the code that calls it: clang warns of calls, too."""
        return "\n".join(["#if defined(__clang__)", "#pragma clang diagnostic pop", "#elif defined(__GNUC__)",
                          "#pragma GCC diagnostic pop", "#elif defined(_MSC_VER)", "#pragma warning(pop)", "#endif"])


def bundled(text, xxhash):
    """The text of the header that includes <xxhash.h>, with xxHash in the place of the include."""
    parts = XXHASH_INCLUDE.split(text)
    if len(parts) != 2:
        raise Problem(f"{XXHASH_USER} does not include <xxhash.h> once, in the form that is known here")
    return prefixed(parts[0]) + xxhash.text() + prefixed(parts[1]) + "\n" + xxhash.end()


def amalgamate(folder, xxhash=None):
    headers = read(folder)
    if xxhash and XXHASH_USER not in headers:
        raise Problem(f"no {XXHASH_USER} in {folder}")
    system = sorted({file for header in headers.values() for file in header.system})
    standard = [file for file in system if not file.endswith(".h")]
    others = [file for file in system if file.endswith(".h")]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").rstrip("\n")
    needs = ("It needs C++20 and xxHash: link libxxhash, or define\n// XXH_INLINE_ALL for the whole program.")
    if xxhash:
        needs = (f"It needs C++20 and nothing else: xxHash {xxhash.version}\n"
                 "// is in it, with a licence of its own. Use this header in all files of a program, or in none.")
    parts = [
        SPDX_BUNDLED if xxhash else SPDX,
        f"// quoit {version(folder)}, all of it in one header. {needs}\n//\n"
        "// Made by packaging/amalgamate.py: change the headers, not this file, and do not include both in one source "
        "file.\n//",
        "\n".join(f"// {line}".rstrip() for line in licence.splitlines()),
        # A file that is pasted above a program is no longer a header, and compilers warn of #pragma once there.
        f"#if !defined({GUARD})\n#define {GUARD}\n" if xxhash else "#pragma once\n",
        "\n".join(f"#include <{file}>" for file in standard) + "\n",
        "\n".join(f"#include <{file}>" for file in others),
    ]
    for name, header in headers.items():
        text = header.text()
        parts += ["", marker(name), bundled(text, xxhash) if xxhash and name == XXHASH_USER else text]
    if xxhash:
        parts += [f"\n#endif  // {GUARD}"]
    return "\n".join(parts) + "\n"


def check(folder, command, xxhash=None):
    text = amalgamate(folder, xxhash)
    if text != amalgamate(folder, xxhash):
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
        if xxhash and name == XXHASH_USER:
            source = prefixed(XXHASH_INCLUDE.sub("", "\n".join(source) + "\n")).splitlines()
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
            if xxhash and position < len(lines) and lines[position].startswith("// xxHash "):
                position += len(xxhash.text().splitlines())
                while not lines[position].strip():
                    position += 1
            if position == len(lines) or lines[position] != line:
                if INCLUDE.match(line):
                    continue  # it is at the top: see below
                raise Problem(f"{name}: this line is in the wrong place: {line}")
            position += 1
    for file in sorted(wanted):
        if lines.count(f"#include <{file}>") != 1:
            raise Problem(f"<{file}> is included {lines.count(f'#include <{file}>')} times")
    guards = [f"#if !defined({GUARD})", f"#define {GUARD}", f"#endif  // {GUARD}"] if xxhash else ["#pragma once"]
    if (lines[0] != (SPDX_BUNDLED if xxhash else SPDX) or "// MIT License" not in lines
            or any(lines.count(guard) != 1 for guard in guards)):
        raise Problem("SPDX line, licence or guard is missing")
    if xxhash:
        licence = re.match(r"/\*.*?\*/", xxhash.source, re.S)
        if not licence or licence.group(0) not in text:
            raise Problem("the licence of xxHash is missing")
        code = TOKEN.sub(lambda match: "" if match.group(0)[0] in "/\"'" else match.group(0), text)
        name = re.search(r"\b(?:XXH|xxh_|xxhash)\w*", code)
        if name:
            raise Problem(f"{name.group(0)} has no prefix, or is still included")

    command = command or shlex.split(os.environ.get("CXX", "c++")) + ["-std=c++20", "-fsyntax-only", *WARNINGS]
    with tempfile.TemporaryDirectory() as scratch:
        (pathlib.Path(scratch) / "quoit.hpp").write_text(text, encoding="utf-8")
        program = pathlib.Path(scratch) / "twice.cpp"
        program.write_text('#include "quoit.hpp"\n#include "quoit.hpp"\nquoit::ring<> ring;\n', encoding="utf-8")
        if subprocess.run([*command, str(program)], check=False).returncode:
            raise Problem("it does not compile: " + shlex.join(command))


def main():
    parser = argparse.ArgumentParser(
        description="Writes all of quoit as one header.",
        usage="%(prog)s [--include FOLDER] [--bundle-xxhash [--xxhash FOLDER]] FILE | --check [COMMAND...]")
    parser.add_argument("--include", type=pathlib.Path, default=ROOT / "include", help="the folder that holds quoit/")
    parser.add_argument("--check", action="store_true",
                        help="make a header, and check that it is complete and compiles")
    parser.add_argument("--bundle-xxhash", action="store_true", help="put the installed xxHash in, with its licence")
    parser.add_argument("--xxhash", type=pathlib.Path, metavar="FOLDER", action="append",
                        help="the folder that holds the xxhash.h to put in (default: that of the compiler); of several "
                             "the first that has it")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="FILE | COMMAND...")
    arguments = parser.parse_args()
    if not arguments.check and "--bundle-xxhash" in arguments.rest:  # after FILE
        arguments.rest.remove("--bundle-xxhash")
        arguments.bundle_xxhash = True
    if arguments.xxhash and not arguments.bundle_xxhash:
        parser.error("--xxhash needs --bundle-xxhash")
    try:
        xxhash = XxHash(arguments.xxhash or [find_xxhash()]) if arguments.bundle_xxhash else None
        if arguments.check:
            check(arguments.include, arguments.rest, xxhash)
        elif len(arguments.rest) == 1:
            text = amalgamate(arguments.include, xxhash)
            if arguments.rest[0] == "-":
                sys.stdout.reconfigure(encoding="utf-8", newline="\n")
                sys.stdout.write(text)
                return 0
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
