#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the results of the benchmarks as SVG, with Python's standard library only.

    plot.py OUT FILE...     FILE: output of scripts/bench (bench-1.json) or benchmarks/results/*.json

For each FILE, named after it: OUT/FILE-lookup.svg, OUT/FILE-latency.svg and OUT/FILE-change.svg.
"""
import json
import math
import pathlib
import re
import statistics
import sys
from xml.sax.saxutils import escape

# Colours that colour-blind people can distinguish (Okabe and Ito). Competitors that are not rings are dashed.
STYLES = {
    "quoit": ("#d55e00", ""),
    "std::map": ("#0072b2", ""),
    "lower_bound": ("#009e73", ""),
    "branchless": ("#cc79a7", ""),
    "jump": ("#7a5195", "7 4"),
    "table": ("#8a6d00", "7 4"),
    "raw line": ("#444444", "2 3"),
    "std::sort": ("#444444", "7 4"),
    "hashing": ("#8a6d00", "2 3"),
}
LABELS = {
    "lower_bound": "sorted vector",
    "branchless": "branchless search",
    "jump": "jump hash",
    "table": "Maglev-like table",
    "raw line": "one raw cache line",
    "std::sort": "std::sort alone",
    "hashing": "hashing the labels",
    "std::map": "std::map",
    "quoit": "quoit",
}
UNITS = {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1}


def read(path):
    """{question: {competitor: {(nodes, vnodes): {"time": nanoseconds, counter: value}}}}, medians."""
    whole = json.loads(path.read_text())
    samples = {}
    for run in whole["benchmarks"]:
        match = re.match(r"(\w+)/nodes:(\d+)/vnodes:(\d+)/([^/]+)", run["name"])
        if run.get("run_type") != "iteration" or not match or run.get("error_occurred") or run.get("skipped"):
            continue
        question, nodes, vnodes, competitor = match.groups()
        cell = samples.setdefault(question, {}).setdefault(competitor, {}).setdefault((int(nodes), int(vnodes)), {})
        time = run["real_time" if "/manual_time" in run["name"] else "cpu_time"] * UNITS[run["time_unit"]]
        cell.setdefault("time", []).append(time)
        for counter in ("p50", "p99"):
            if counter in run:
                cell.setdefault(counter, []).append(run[counter])
    for of_question in samples.values():
        for of_competitor in of_question.values():
            for cell in of_competitor.values():
                for what, values in cell.items():
                    cell[what] = statistics.median(values)
    return whole["context"], samples


def series(samples, question, what="time", vnodes=160):
    """{competitor: [(nodes, nanoseconds), ...]} in the order of STYLES."""
    found = samples.get(question, {})
    result = {}
    for competitor in STYLES:
        points = sorted((key[0], cell[what]) for key, cell in found.get(competitor, {}).items()
                        if key[1] == vnodes and what in cell and key[0] != 1025)
        if len(points) > 1:
            result[competitor] = points
    return result


def time_text(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size * 0.9999:
            return f"{nanoseconds / size:g} {unit}"
    return f"{nanoseconds:g} ns"


def spread(wanted, gap, low, high):
    """Moves labels apart that would overlap, as little as needed. wanted: {name: y}."""
    order = sorted(wanted, key=wanted.get)
    groups = [[name] for name in order]

    def place(group):
        centre = sum(wanted[name] for name in group) / len(group)
        half = gap * (len(group) - 1) / 2
        return min(max(centre, low + half), high - half) - half

    changed = True
    while changed:
        changed = False
        for i in range(len(groups) - 1):
            if place(groups[i]) + gap * len(groups[i]) > place(groups[i + 1]):
                groups[i:i + 2] = [groups[i] + groups[i + 1]]
                changed = True
                break
    return {name: place(group) + gap * i for group in groups for i, name in enumerate(group)}


class Picture:
    def __init__(self, width, height, title, subtitle):
        self.width, self.height, self.parts = width, height, []
        self.rect(0, 0, width, height, "#ffffff")
        self.text(20, 28, title, size=17, weight="bold")
        self.text(20, 48, subtitle, size=12, fill="#555555")

    def rect(self, x, y, width, height, fill):
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>')

    def text(self, x, y, text, size=12, fill="#222222", anchor="start", weight="normal", turn=None):
        turned = f' transform="rotate({turn} {x:g} {y:g})"' if turn else ""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
                          f'font-weight="{weight}"{turned}>{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, stroke, width=1.0, dash=""):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
                          f'stroke-width="{width}"{dashed}/>')

    def panel(self, left, top, right, bottom, curves, x_title, y_title, title=""):
        """One log-log diagram; every curve has its name at its right end, in the room of 150 behind `right`."""
        xs = sorted({x for points in curves.values() for x, _ in points})
        ys = [y for points in curves.values() for _, y in points]
        x_low, x_high = math.log10(xs[0]), math.log10(xs[-1])
        y_low, y_high = math.floor(math.log10(min(ys)) * 3 - 0.2) / 3, math.ceil(math.log10(max(ys)) * 3 + 0.2) / 3

        def at_x(x):
            return left + 12 + (math.log10(x) - x_low) / (x_high - x_low) * (right - left - 24)

        def at_y(y):
            return bottom - (math.log10(y) - y_low) / (y_high - y_low) * (bottom - top)

        for power in range(math.floor(y_low), math.ceil(y_high) + 1):
            for digit in range(1, 10):
                value = digit * 10.0 ** power
                if not y_low <= math.log10(value) + 1e-9 <= y_high + 2e-9:
                    continue
                self.line(left, at_y(value), right, at_y(value), "#cccccc" if digit == 1 else "#eeeeee")
                few = y_high - y_low < 2.5
                if digit == 1 or (few and digit in (2, 5)):
                    self.text(left - 8, at_y(value) + 4, time_text(value), anchor="end")
        next_label = math.inf
        for x in reversed(xs):
            self.line(at_x(x), top, at_x(x), bottom, "#dddddd")
            if next_label - at_x(x) > 44:
                self.text(at_x(x), bottom + 18, f"{x:,}", anchor="middle")
                next_label = at_x(x)
        self.line(left, bottom, right, bottom, "#222222")
        self.line(left, top, left, bottom, "#222222")
        self.text((left + right) / 2, bottom + 40, x_title, anchor="middle")
        self.text(left - 62, (top + bottom) / 2, y_title, anchor="middle", turn=-90)
        if title:
            self.text(left, top - 10, title, size=14, weight="bold")

        for competitor in reversed(list(curves)):  # quoit last, on top
            colour, dash = STYLES[competitor]
            points = curves[competitor]
            path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points)
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            width = 3 if competitor == "quoit" else 1.8
            self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
                              f'stroke-linejoin="round"{dashed}/>')
            for x, y in points:
                self.parts.append(f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="{width + 1:g}" fill="{colour}"/>')
        ends = {competitor: at_y(points[-1][1]) for competitor, points in curves.items()}
        for competitor, y in spread(ends, 16, top + 4, bottom - 2).items():
            colour = STYLES[competitor][0]
            x, end = at_x(curves[competitor][-1][0]), ends[competitor]
            self.line(x + 5, end, right + 16, y, colour, 0.8)
            self.text(right + 20, y + 4, LABELS[competitor], fill=colour,
                      weight="bold" if competitor == "quoit" else "normal")

    def save(self, path):
        path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                        f'width="{self.width}" height="{self.height}" '
                        f'font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif">\n'
                        + "\n".join(self.parts) + "\n</svg>\n")


def draw(path, out):
    context, samples = read(path)
    said = f"160 virtual nodes a node; {context.get('compiler', '')}; {context['date'][:10]}; both axes logarithmic"
    written = []

    def save(picture, name):
        picture.save(out / f"{path.stem}-{name}.svg")
        written.append(f"{path.stem}-{name}.svg")

    for name, question, what, title in (
            ("lookup", "lookup_hash", "time", "Owner of a key, by 64-bit hash: independent lookups"),
            ("latency", "lookup_latency", "p50", "Owner of a key, by 64-bit hash: each lookup waits for the one before (median)")):
        curves = series(samples, question, what)
        if curves:
            picture = Picture(820, 520, title, said)
            picture.panel(90, 70, 650, 460, curves, "nodes", "time a lookup")
            save(picture, name)
    parts = [(title, series(samples, question)) for title, question in (
        ("Build from nothing", "build"), ("Add one node", "add"), ("Remove one node", "remove"),
        ("Add one node, while the ring doubles", "grow"))]
    parts = [(title, curves) for title, curves in parts if curves]
    if parts:
        rows = (len(parts) + 1) // 2
        picture = Picture(1020, 60 + 400 * rows, "What a change of the nodes costs", said)
        for i, (title, curves) in enumerate(parts):
            left, top = 90 + 500 * (i % 2), 96 + 400 * (i // 2)
            picture.panel(left, top, left + 270, top + 300, curves, "nodes in the ring", "time", title)
        save(picture, "change")
    return written


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: plot.py OUT FILE...")
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:]:
        for written in draw(pathlib.Path(name), out):
            print(out / written)


main()
