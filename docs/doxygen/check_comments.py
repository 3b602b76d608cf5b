#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the comments state what a user has to know: python3 check_comments.py FOLDER, with Doxygen's XML.

Every public name has a sentence. Every function states its cost: "O(…)" or "costs what … costs". Every class states its
thread-safety: "Not synchronised, like a built-in type", or "Threads: …". The statement may also be in the comment of
the group of members or of the class, for all of them. A name may refer to its neighbour ("The same …"). Exempt are
defaulted special members, and structs of public data whose member functions are const: they are like built-in types.
Hashes and placements promise what their concepts ask for.
"""

import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

COST = re.compile(r"O\(|[Cc]osts? what|[Ww]ait-free|\b(As|The same|Writes) ")
THREADS = re.compile(r"Threads?: |any number of threads|[Nn]ot synchronised")
STABLE_HASH = "stable_name"


def text_of(node, *parts):
    return " ".join("".join(found.itertext()) for part in parts for found in node.findall(part)).strip()


def sentence(node):
    return text_of(node, "briefdescription")


def words(node):
    return text_of(node, "briefdescription", "detaileddescription")


def where(node):
    location = node.find("location")
    return "?" if location is None else "%s:%s" % (location.get("file"), location.get("line"))


class Checker:
    def __init__(self):
        self.faults, self.names, self.functions, self.classes = [], 0, 0, 0
        self.seen = set()

    def fault(self, node, name, what):
        self.faults.append("%s: %s %s" % (where(node), name, what))

    def name(self, node, name):
        self.names += 1
        if not sentence(node):
            self.fault(node, name, "has no sentence that says what it is")

    def members(self, compound, owner):
        """Yields every public member with the text of its group."""
        for section in compound.findall("sectiondef"):
            group = text_of(section, "description")
            for member in section.findall("memberdef"):
                if member.get("prot") == "public" and member.get("kind") != "friend":
                    yield member, group, owner + member.findtext("name")

    def compound(self, compound):
        kind, name = compound.get("kind"), compound.findtext("compoundname")
        if "detail" in name.split("::"):
            return
        is_class = kind in ("class", "struct", "union")
        if compound.get("prot", "public") != "public":
            return
        if kind != "group":  # a topic; newer versions of Doxygen have its functions only there
            self.name(compound, name)
        if kind == "concept":
            return
        own = words(compound)
        functions, has_data, is_hash = [], False, False
        for member, group, full in self.members(compound, name + "::" if kind not in ("file", "group") else ""):
            if kind == "file" and member.get("kind") != "define":
                continue  # the namespace has it as well
            if member.get("id") in self.seen:
                continue  # a topic has it as well
            self.seen.add(member.get("id"))
            arguments = member.findtext("argsstring") or ""
            is_destructor = member.findtext("name").startswith("~")
            if arguments.endswith("=delete") or is_destructor:
                continue
            self.name(member, full)
            for value in member.findall("enumvalue"):
                self.name_of_value(value, member, full)
            if member.get("kind") == "variable":
                has_data = has_data or member.get("static") == "no"
                is_hash = is_hash or member.findtext("name") == STABLE_HASH
            if member.get("kind") == "function":
                functions.append(member)
                self.functions += 1
                costs = words(member) + " " + group + (" " + own if is_class else "")
                is_plain = is_class and has_data and member.get("const") == "yes"
                if not COST.search(costs) and not is_plain and not arguments.endswith("=default"):
                    self.fault(member, full, "does not state its cost")
        if is_class and functions:
            self.classes += 1
            is_plain = has_data and all(function.get("const") == "yes" for function in functions)
            if not THREADS.search(own) and not is_plain and not is_hash:
                self.fault(compound, name, "does not state its thread-safety")

    def name_of_value(self, value, member, full):
        self.names += 1
        if not sentence(value):
            self.fault(member, full + "::" + value.findtext("name"), "has no sentence that says what it is")


def main():
    checker = Checker()
    files = sorted(glob.glob(os.path.join(sys.argv[1], "*.xml")))
    for file in files:
        for compound in ElementTree.parse(file).getroot().findall("compounddef"):
            location = compound.find("location")
            is_header = location is not None and "include/quoit/" in location.get("file", "")
            if compound.get("kind") == "group" or (
                    is_header and compound.get("kind") in ("class", "struct", "union", "namespace", "concept", "file")):
                checker.compound(compound)
    print("\n".join(checker.faults))
    print("%d names, %d functions, %d classes; %d faults"
          % (checker.names, checker.functions, checker.classes, len(checker.faults)))
    # With fewer names than quoit has ever had, the folder is not its reference.
    sys.exit(1 if checker.faults or checker.names < 400 or checker.classes < 20 else 0)


main()
