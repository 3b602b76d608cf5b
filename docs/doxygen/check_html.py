#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that Doxygen understood the markup: python3 check_html.py FOLDER, with the HTML that it wrote.

Doxygen prints markup that it does not understand as text, without a warning. So the text of a page, outside of code, may
contain no backticks, asterisks, brackets or tags of markup.
"""

import glob
import html.parser
import os
import re
import sys

# `code`, **bold**, [text](target), a command of Doxygen, and a visible tag.
LEFT = re.compile(r"`|\*\*|[\w`*]\]\(|[@\\](?:ref|page|file|verbatim)\b|</?(?:b|code|em|tt)>")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__()
        self.name, self.open, self.faults, self.characters = name, [], [], 0

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            is_code = tag in ("code", "pre", "script", "style", "tt") or (dict(attributes).get("class") or "") == "fragment"
            self.open.append((tag, is_code))

    def handle_endtag(self, tag):
        while self.open and any(name == tag for name, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data):
        if any(is_code for _, is_code in self.open):
            return
        self.characters += len(data.strip())
        for found in LEFT.finditer(data):
            around = data[max(0, found.start() - 40):found.end() + 40].replace("\n", " ")
            self.faults.append("%s:%d: markup is left in: %s" % (self.name, self.getpos()[0], around))


def main():
    faults, characters = [], 0
    files = sorted(glob.glob(os.path.join(sys.argv[1], "*.html")))
    for file in files:
        page = Page(os.path.relpath(file))
        with open(file, encoding="utf-8") as text:
            page.feed(text.read())
        faults += page.faults
        characters += page.characters
    print("\n".join(faults))
    print("%d pages, %d characters; %d faults" % (len(files), characters, len(faults)))
    # With fewer pages than quoit has ever had, the folder is not its reference.
    sys.exit(1 if faults or len(files) < 100 or characters < 200000 else 0)


main()
