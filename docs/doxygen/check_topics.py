#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every public name has exactly one topic, and lists the names on the start page: check_topics.py FOLDER.

FOLDER has Doxygen's xml and html. Names are classes, concepts, functions, types, values and macros outside of classes.
The topics are those of topics.dox. A name belongs to the topics whose group has it; a concept, which groups of Doxygen
1.9.4 do not have, to the topic of its header.
"""

import collections
import glob
import html
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

from filter import topics

TABLE = "docs/doxygen/topics.dox"
NO_NAMES = {"quoit.hpp", "fwd.hpp"}  # headers without names of their own
PREFIX = "topic_"


def header_of(node):
    location = node.find("location")
    file = "" if location is None else location.get("file", "")
    return file[len("include/quoit/"):] if file.startswith("include/quoit/") else None


def page_of(identifier, is_member):
    """The page and anchor that Doxygen gives a name."""
    if not is_member:
        return identifier + ".html"
    page, _, anchor = identifier.rpartition("_1")
    return "%s.html#%s" % (page, anchor)


class Names:
    """The public names outside of classes, with their headers and topics, by Doxygen's ids."""

    def __init__(self, folder):
        self.name, self.header, self.is_member = {}, {}, {}
        self.topics = collections.defaultdict(list)
        members, inner = {}, []
        for file in sorted(glob.glob(os.path.join(folder, "*.xml"))):
            for compound in ElementTree.parse(file).getroot().findall("compounddef"):
                kind, full = compound.get("kind"), compound.findtext("compoundname")
                label = full[len(PREFIX):] if kind == "group" and full.startswith(PREFIX) else None
                if kind in ("class", "struct", "union", "concept") and header_of(compound):
                    inner.append((compound.get("id"), full, header_of(compound)))
                if kind in ("namespace", "file", "group"):
                    for member in compound.iter("memberdef"):
                        is_macro = member.get("kind") == "define"
                        if header_of(member) and (kind != "file" or is_macro) and "detail" not in full.split("::"):
                            members[member.get("id")] = (member.findtext("name"), header_of(member))
                if label is not None:
                    ids = [node.get("refid") for tag in ("innerclass", "innerconcept") for node in compound.findall(tag)]
                    ids += [node.get("id") for node in compound.iter("memberdef")]
                    for identifier in ids:
                        self.topics[identifier].append(label)
        for identifier, (name, header) in members.items():
            if not name.startswith("QUOIT_DETAIL_"):
                self.add(identifier, name, header, True)
        classes = {full for _, full, _ in inner}
        for identifier, full, header in inner:
            scopes = full.split("::")
            if "detail" in scopes or "::".join(scopes[:-1]) in classes or "<" in full:
                continue  # internal, a member of a class, or a specialisation
            self.add(identifier, scopes[-1], header, False)
            if identifier.startswith("concept") and not self.topics[identifier]:
                self.topics[identifier] = [label for label, _, _, headers in topics() if header in headers]

    def add(self, identifier, name, header, is_member):
        self.name[identifier], self.header[identifier], self.is_member[identifier] = name, header, is_member

    def faults(self):
        listed = [header for _, _, _, headers in topics() for header in headers]
        for header in sorted({header for header in listed if listed.count(header) > 1}):
            yield "%s: %s has two lines" % (TABLE, header)
        for header in sorted(set(listed)):
            if not os.path.isfile(os.path.join("include", "quoit", header)):
                yield "%s: there is no include/quoit/%s" % (TABLE, header)
        left_out = collections.defaultdict(set)
        for identifier, name in self.name.items():
            labels, header = self.topics[identifier], self.header[identifier]
            if not labels:
                left_out[header].add(name)
            elif len(labels) > 1:
                yield "include/quoit/%s: %s has the topics %s, and should have one" % (header, name, ", ".join(labels))
        for header, names in sorted(left_out.items()):
            what = "not in a documented form" if header in listed else "the header has no line; add one below its topic"
            yield "%s: %s: %s have no topic (%s)" % (TABLE, header, ", ".join(sorted(names)), what)
        for file in sorted(os.listdir(os.path.join("include", "quoit"))):
            if file.endswith(".hpp") and file not in listed and file not in NO_NAMES and file not in left_out:
                yield "%s: %s has no line; add one below its topic" % (TABLE, file)

    def links(self, label):
        """The names of a topic, in the order of its headers, each once: overloads have one link."""
        order = [header for known, _, _, headers in topics() if known == label for header in headers]
        seen = {}
        for identifier, name in self.name.items():
            if label in self.topics[identifier] and not name.startswith("operator") and name not in seen:
                seen[name] = (order.index(self.header[identifier]) if self.header[identifier] in order else len(order),
                              self.is_member[identifier], page_of(identifier, self.is_member[identifier]))
        return ", ".join('<a class="el" href="%s">%s</a>' % (page, html.escape(name))
                         for name, (_, _, page) in sorted(seen.items(), key=lambda item: item[1][:2]))


def main():
    folder = sys.argv[1]
    names = Names(os.path.join(folder, "xml"))
    faults = list(names.faults())
    start = os.path.join(folder, "html", "index.html")
    with open(start, encoding="utf-8") as file:
        page = file.read()
    for label, title, _, _ in topics():
        place = re.compile(r'(<span class="names" id="names-%s">).*?(</span>)' % label)
        links = names.links(label)
        for target in re.findall(r'href="([^"#]*)', links):
            if not os.path.isfile(os.path.join(folder, "html", target)):
                faults.append("%s: there is no page %s" % (title, target))
        page, count = place.subn(lambda found, links=links: found.group(1) + links + found.group(2), page)
        if count != 1 or not links:
            faults.append("the start page has no place for the names of %s, or there are none" % title)
    with open(start, "w", encoding="utf-8") as file:
        file.write(page)
    print("\n".join(faults))
    print("%d names outside of classes, %d topics; %d faults" % (len(names.name), len(topics()), len(faults)))
    # With fewer names than quoit has ever had, the folder is not its reference.
    sys.exit(1 if faults or len(names.name) < 100 else 0)


if __name__ == "__main__":
    main()
