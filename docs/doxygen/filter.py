#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what Doxygen reads instead of a header or a page: python3 filter.py FILE.

Line numbers stay, so that a warning names the line of the file.

Headers: the inline namespace is removed, because Doxygen only knows it by the name of a macro. Internal macros are
removed as well, and specializations of variables of std::ranges, which Doxygen does not understand. The comment at
the head of the file becomes the comment of the file. `// ---- Title. Text` begins a group of members. Indented lines,
such as pictures and lists of names, keep their layout. "The head of this file" becomes a link. Text that looks like a
tag, such as ring<>, is escaped.

topics.dox says to which topic a header belongs. All names of its namespace, and its documented macros, become members of
that group. topics.dox itself becomes the start page, with a place for the names of each topic, which check_topics.py
fills in.

Pages: headings get the anchors that Git hosts give them, and lose their code spans, which Doxygen does not support
there. Relative links lead to the page or to the header. A file that Doxygen does not read, such as an example, cannot be
linked to, and stays as text.
"""

import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def escaped(text):
    """Prose of a comment. Code between backticks stays. Elsewhere < and > are escaped, and # before a word."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"(<|(?<!-)>|#(?=\w))", r"\\\1", part) for part in parts)


def documented(block, indent):
    """The lines of one comment, in /** */: Doxygen would take slashes for a part of a picture."""
    texts = list(block)
    layout = [bool(re.match(r"  +\S", text)) for text in texts]
    lines, at = [], 0
    while at < len(texts):
        if not layout[at]:
            lines.append(escaped(texts[at]))
            at += 1
            continue
        end = at
        while end < len(texts) and (layout[end] or (texts[end] == "" and end + 1 < len(texts) and layout[end + 1])):
            end += 1
        if texts[at].lstrip().startswith("- "):  # a list
            lines += [escaped(text) for text in texts[at:end]]
        else:
            lines[-1] += " \\verbatim"
            lines += texts[at:end]
            if end < len(texts):
                lines.append("\\endverbatim " + escaped(texts[end]))
                end += 1
            else:
                lines[-1] += " \\endverbatim"
        at = end
    if any("*/" in line for line in lines):
        sys.exit("a comment with */ in it: %s" % lines[0])
    lines = [indent + line for line in lines]
    lines[0] = indent + "/** " + lines[0].lstrip()
    lines[-1] += " */"
    return lines


def section(block, indent, is_open):
    """`// ---- Title. Text` and the empty line after it, as the head of a group of members."""
    text = " ".join(block)[len("---- "):]
    title, _, rest = text.partition(". ")
    lines = [indent + ("/** @} */ " if is_open else "") + "/** @name " + title.rstrip(".")]
    lines += [""] * (len(block) - 1)
    return lines + [escaped(rest) + " */ /** @{ */"]


def topics():
    """The topics, in order: label, title, sentence, headers."""
    result = []
    with open(os.path.join(ROOT, "docs", "doxygen", "topics.dox"), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            topic = re.fullmatch(r"\[(\w+)\] ([^.]+)\. (.+)\n", line)
            if topic:
                result.append((*topic.groups(), []))
            elif re.fullmatch(r"  [\w/]+\.hpp\n", line) and result:
                result[-1][3].append(line.strip())
            elif line.strip() and not line.startswith("#"):
                sys.exit("docs/doxygen/topics.dox:%d: neither a topic nor a header: %s" % (number, line))
    return result


def start_page():
    lines = ["/** \\mainpage quoit",
             "Consistent hashing for C++20. \\ref page-readme \"The README\" is for a first look, and \\ref "
             "page-docs-readme \"the documentation\" has one question a page. This is the reference, by topic."]
    for label, title, text, _ in topics():
        lines += ["", "\\ref topic_%s \"%s\" - %s" % (label, title, text), "",
                  "\\htmlonly <span class=\"names\" id=\"names-%s\"></span> \\endhtmlonly" % label]
    lines.append("*/")
    for label, title, text, _ in topics():
        lines += ["/** \\defgroup topic_%s %s" % (label, title), text + " */"]
    return "\n".join(lines) + "\n"


def header(path, source):
    name = os.path.relpath(os.path.abspath(path), os.path.join(ROOT, "include", "quoit")).replace(os.sep, "/")
    topic = next(("topic_" + label for label, _, _, headers in topics() if name in headers), None)
    source = source.replace("head of this file", "head of \\ref " + os.path.basename(path))
    lines = [re.sub(r"^(inline namespace QUOIT_VERSION_NAMESPACE {|}  // namespace QUOIT_VERSION_NAMESPACE)$", "", line)
             for line in source.split("\n")]
    if topic:  # a class that is only declared here has the topic of its definition
        for at, line in enumerate(lines):
            if re.match(r"(template <.*> )?(class|struct) \w+;", line):
                lines[at] = ""
                if re.fullmatch(r"template <.*>", lines[at - 1]):
                    lines[at - 1] = ""
    for at, line in enumerate(lines):
        if re.match(r"inline constexpr bool std::ranges::", line):
            lines[at - 1] = lines[at] = ""
    result, at, group = [], 0, False
    while at < len(lines):
        line = lines[at]
        if line.startswith("#define QUOIT_DETAIL_"):
            line = ""
        line = line.replace("class QUOIT_DETAIL_VIEW ", "class ")
        line = re.sub(r"QUOIT_DETAIL_TEMPORARY\(.*?\)", "= delete", line)
        if at == 0 and "SPDX" in line:
            at += 1
            while at < len(lines) and lines[at].startswith("//"):
                at += 1
            result += documented(["\\file"] + [text[3:] for text in lines[1:at]], "")
            continue
        comment = re.match(r"( *)(///?)(?!<)(?: (.*))?$", line)
        if topic and line == "namespace quoit {":
            line += " /** @addtogroup %s */ /** @{ */" % topic
        elif topic and line == "}  // namespace quoit":
            line = "/** @} */ " + line
        if not comment:
            if group and re.match(r"^( private:|};)", line):
                line, group = "/** @} */ " + line, False
            result.append(line)
            at += 1
            continue
        indent, marker = comment.group(1), comment.group(2)
        block = []
        while at < len(lines):
            more = re.match(r"( *)(///?)(?!<)(?: (.*))?$", lines[at])
            if not more or more.group(2) != marker:
                break
            block.append(more.group(3) or "")
            at += 1
        if marker == "//" and block[0].startswith("---- ") and at < len(lines) and lines[at] == "":
            result += section(block, indent, group)
            group = True
            at += 1
        elif marker == "//":
            result += [indent + "// " + text for text in block]
        else:
            result += documented(block, indent)
            if topic and at < len(lines) and lines[at].startswith("#"):
                result[-1] = result[-1][:-len("*/")] + "\\ingroup %s */" % topic
    return "\n".join(result)


def slug(heading):
    text = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).strip().lower()
    return re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", text))


def page_id(path):
    return "page-" + re.sub(r"[^a-z0-9]+", "-", os.path.relpath(path, ROOT).lower())[: -len("-md")]


PAGES = {"README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md", "benchmarks/balance.md",
         "examples/README.md"} | {"docs/" + name for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md")}


def page(path, source):
    here = os.path.dirname(os.path.abspath(path))

    def link(match):
        text, target = match.group(1), match.group(2)
        if re.match(r"[a-z]+:", target):
            return match.group(0)
        name, _, anchor = target.partition("#")
        file = os.path.normpath(os.path.join(here, name)) if name else os.path.abspath(path)
        relative = os.path.relpath(file, ROOT)
        if relative in PAGES:
            if "'" in text:  # Doxygen lets the apostrophe close the code span
                text = text.replace("`", "")
            return "[%s](@ref %s)" % (text, page_id(file) + ("-" + anchor if anchor else ""))
        if relative.startswith("include/quoit/") and relative.endswith(".hpp"):
            return "[%s](@ref %s)" % (text, os.path.basename(relative))
        if os.path.isfile(file) and match.group(0).startswith("!"):
            return match.group(0)
        return text if "/" in text or "." in text else "%s (`%s`)" % (text, relative)

    result, fence, anchors = [], None, {}
    for line in source.split("\n"):
        if fence is None and line.startswith("<!-- SPDX"):
            line = ""
        opening = re.match(r" *(```+)", line)
        if opening and (fence is None or line.strip() == fence):
            fence = opening.group(1) if fence is None else None
            if fence:
                line = re.sub(r"```(\w+)", lambda m: "```" + {"cpp": "{.cpp}", "py": "{.py}"}.get(m.group(1), "{.unparsed}"), line)
        elif fence is None:
            line = re.sub(r"!?\[([^\]]+)\]\(([^)\s]+)\)", link, line)
            # Doxygen lets an apostrophe close a span that a backtick opened. All spans are matched, in order, so that
            # none is mistaken for the text between two others.
            line = re.sub(r"(`+)(.*?)\1", lambda m: "``%s``" % m.group(2) if "'" in m.group(2) else m.group(0), line)
            heading = re.match(r"(#+) (.*)$", line)
            if heading:
                # Without this, newer versions of Doxygen make a README.md a part of its folder's page.
                if os.path.basename(path) == "README.md":
                    line = line[1:] if anchors else "@page %s %s" % (page_id(path), heading.group(2))
                anchor = page_id(path) + ("-" + slug(heading.group(2)) if anchors else "")
                again = anchors[anchor] = anchors.get(anchor, -1) + 1
                if line.startswith("#"):
                    line = "%s {#%s}" % (line.replace("`", ""), anchor + ("-%d" % again if again else ""))
        result.append(line)
    return "\n".join(result)


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        source = file.read()
    sys.stdout.reconfigure(encoding="utf-8")
    if path.endswith(".dox"):
        sys.stdout.write(start_page())
    else:
        sys.stdout.write(page(path, source) if path.endswith(".md") else header(path, source))


if __name__ == "__main__":
    main()
