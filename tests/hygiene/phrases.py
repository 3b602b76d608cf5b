#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds phrases that the house style refuses: phrases.py ROOT. The list is in CONTRIBUTING.md, under "Refused phrases".

A phrase is found in upper and lower case, and when it is broken over two lines of a comment, a string or a page. It has to
be whole words. Each hit is printed with file and line.
"""

import pathlib
import re
import sys

LIST = "CONTRIBUTING.md"
HEADING = "Refused phrases"
FEWEST = 10  # of phrases and of files: with fewer, the list or the files were not found
FILES = ("README.md", "SECURITY.md", "CHANGELOG.md", LIST, "CMakeLists.txt", "meson.build", "conanfile.py")
FOLDERS = ("include", "module", "tests", "examples", "benchmarks", "docs", "scripts", "cmake", "packaging")
SUFFIXES = {".cpp", ".hpp", ".cppm", ".in", ".md", ".py", ".cmake", ".sh", ".txt", ".yml", ""}
# Text that others wrote, and output of benchmarks.
NOT_OURS = ("tests/data/", "examples/data/", "benchmarks/results/")
# Between two words: blanks, or the end of a line and what opens the next one. A string literal may end and begin again.
GAP = r'(?:[ \t]+|[ \t]*"?[ \t]*\n[ \t]*(?://[/!]?<?|#+|\*|>|\||"|-)*[ \t]*)'


def refused(text):
    """The lines of the section with the list, and the phrases: what is between backticks in the first column."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if re.fullmatch(r"#+ " + HEADING, line)), len(lines))
    last = next((i for i in range(first + 1, len(lines)) if lines[i].startswith("#")), len(lines))
    rows = (re.match(r"\| `([^`]+)` \|", line) for line in lines[first:last])
    return range(first, last), [row[1] for row in rows if row]


def pattern(phrases):
    """No letter may stand directly before or after a phrase."""
    one_of = "|".join(GAP.join(re.escape(word) for word in phrase.split()) for phrase in phrases)
    return re.compile(r"(?<![A-Za-z])(?:%s)(?![A-Za-z])" % one_of, re.IGNORECASE)


def sources(root):
    for name in FILES:
        if (root / name).is_file():
            yield root / name
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and path.suffix in SUFFIXES and not name.startswith(NOT_OURS) and "__pycache__" not in name:
                yield path


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / LIST).read_text(encoding="utf-8")
    own_lines, phrases = refused(text)
    if len(phrases) < FEWEST:
        sys.exit("%s: only %d phrases under the heading '%s'" % (LIST, len(phrases), HEADING))
    wanted, hits, files = pattern(phrases), 0, 0
    for path in sources(root):
        content = path.read_text(encoding="utf-8")
        files += 1
        for hit in wanted.finditer(content):
            line = content.count("\n", 0, hit.start())
            if path == root / LIST and line in own_lines:
                continue
            hits += 1
            print("%s:%d: %s" % (path.relative_to(root).as_posix(), line + 1, " ".join(hit[0].split())))
    if files < FEWEST:
        sys.exit("%s: only %d files were read" % (root, files))
    print("%d files, %d phrases, %d hits" % (files, len(phrases), hits))
    if hits:
        sys.exit("Write plain English instead: CONTRIBUTING.md has the house style, and what to write for each phrase.")


main()
