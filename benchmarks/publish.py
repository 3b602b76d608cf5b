#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the results of one compiler into the repository; scripts/bench --publish calls it.

    publish.py COMPILER BUILD

BUILD has bench.md, the report, and bench-*.json, the output of Google Benchmark. This script makes three things of them:
results/COMPILER.md (the whole report), results/COMPILER.json (a median for each benchmark, in Google Benchmark's format),
and the text between the markers in README.md: those of the compiler, and those of the plans, which show both compilers.
"""
import json
import pathlib
import re
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
# The tables of a report that the README shows, by compiler. The rest is in results/.
SHOWN = {
    "g++": ("Targets", "lookup_hash", "lookup_many", "lookup_latency", "lookup_string", "owner_by_key", "ring_string",
            "ring_integer", "replicas_3", "find_if", "walk_100", "count_keys", "build", "add", "remove", "grow",
            "published_lookup", "published_changing", "memory", "slot_plan", "slot_leaders", "slot_locks",
            "slot_ranges", "slot_masters", "slot_plan_all", "slot_transition"),
    "clang++": ("Targets", "lookup_hash", "lookup_many", "owner_by_key", "ring_string", "ring_integer", "build", "add",
                "remove", "slot_plan", "slot_leaders", "slot_locks", "slot_ranges", "slot_masters", "slot_plan_all",
                "slot_transition"),
}
# The plans of the README: slots, nodes, replicas and zones; their text in the table; and the changes.
PLANS = (
    ((16384, 1000, 3, 5), "16,384, 1,000, 3, 5",
     ("build", "unchanged", "add one", "add 10 %", "drain 10 %", "lose 10 %", "lose a zone", "add a zone")),
    ((16384, 1000, 3, 5), "〃, weights 1 to 4",
     ("build, weights 1 to 4", "add 10 %, weights 1 to 4", "lose 10 %, weights 1 to 4")),
    ((16384, 1000, 3, 0), "16,384, 1,000, 3, no domains", ("build", "add 10 %", "lose 10 %")),
    ((16384, 1000, 3, 2), "16,384, 1,000, 3, 2: two copies share a zone",
     ("build", "add 10 %", "lose 10 %", "lose a zone", "add a zone")),
    ((65536, 2000, 3, 5), "65,536, 2,000, 3, 5",
     ("build", "add one", "add 10 %", "lose 10 %", "lose a zone", "add a zone")),
    ((1048576, 5000, 3, 5), "1,048,576, 5,000, 3, 5", ("build", "add one", "add 10 %", "lose a zone")),
)
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# Counters in nanoseconds, whose spread the report shows.
NANOSECONDS = ("p50", "p99", "a move")
# Members about a single repetition, which have no meaning for a median.
SINGLE = ("family_index", "per_family_instance_index", "repetition_index", "threads", "iterations", "run_name")


def spread(values):
    """The median distance from the median, as a part of the median; as cell::time_spread() in measurements.cpp."""
    middle = statistics.median(values)
    return float(f"{statistics.median(abs(value - middle) for value in values) / abs(middle):.3g}") if middle else 0.0


def merged(files):
    runs = [json.loads(file.read_text()) for file in files]
    context = {key: value for key, value in runs[0]["context"].items() if key not in ("host_name", "executable")}
    context["runs"] = len(runs)
    context["load_avg"] = " ".join(f'{run["context"]["load_avg"][0]:.3g}' for run in runs if run["context"].get("load_avg"))
    by_name = {}
    for run in runs:
        for one in run["benchmarks"]:
            if one["run_type"] == "iteration" and not one.get("error_occurred") and not one.get("skipped"):
                by_name.setdefault(one["name"], []).append(one)
    benchmarks = []
    for name in sorted(by_name):
        all_of_it = by_name[name]
        median = {key: value for key, value in all_of_it[0].items() if key not in SINGLE}
        for key, value in median.items():
            if isinstance(value, (int, float)):
                middle = float(statistics.median(one[key] for one in all_of_it))
                # Counts stay exact.
                median[key] = middle if middle.is_integer() else float(f"{middle:.5g}")
        median["repetitions"] = len(all_of_it)
        if len(all_of_it) > 1:
            time = "real_time" if "/manual_time" in name else "cpu_time"
            median["time spread"] = spread([one[time] for one in all_of_it])
            for key in NANOSECONDS:
                if key in median:
                    median[key + " spread"] = spread([one[key] for one in all_of_it])
        benchmarks.append(median)
    return {"context": context, "benchmarks": benchmarks}


def shown(compiler, report):
    head, *tables = report.split("\n### ")
    chosen = [table for table in tables
              if any(table.startswith(one + " ") or f"(`{one}`)" in table.split("\n")[0] for one in SHOWN[compiler])]
    return "\n### ".join([head.rstrip() + "\n"] + chosen)


def three_digits(value):
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def time_text(one):
    if one is None:
        return ""
    seconds = one["real_time"] * UNITS[one["time_unit"]]
    return three_digits(seconds) + " s" if seconds >= 1 else three_digits(seconds * 1e3) + " ms"


def plans(results):
    by_compiler = []
    for compiler in SHOWN:
        file = results / f"{compiler}.json"
        all_of_it = json.loads(file.read_text())["benchmarks"] if file.exists() else []
        by_compiler.append({one["name"].split("/quoit")[0]: one for one in all_of_it})
    lines = ["| slots, nodes, copies, zones | change | g++ | clang | moves = bound | loads | heap |",
             "|---|---|---:|---:|---:|---:|---:|"]
    for (slots, nodes, replicas, zones), text, events in PLANS:
        for event in events:
            name = f"slot_plan/slots:{slots}/nodes:{nodes}/replicas:{replicas}/zones:{zones}/{event}"
            cells = [one.get(name) for one in by_compiler]
            known = next(cell for cell in cells if cell is not None)
            lines.append(
                f"| {text if event == events[0] else ''} | {event.split(',')[0]} | {time_text(cells[0])} | {time_text(cells[1])} "
                f"| {known['moves']:,.0f} | {known['min load']:.0f} to {known['max load']:.0f} | {three_digits(known['peak MB'])} MB |")
    return "\n".join(lines).replace("|  |", "| |")


def between_markers(text, name, content):
    begin, end = f"<!-- {name}: written by scripts/bench --publish -->\n", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        sys.exit(f"publish.py: README.md has no markers for {name}")
    before, rest = text.split(begin)
    return before + begin + "\n" + content.rstrip() + "\n\n" + end + rest.split(end)[1]


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in SHOWN:
        sys.exit("usage: publish.py g++|clang++ BUILD")
    compiler, build = sys.argv[1], pathlib.Path(sys.argv[2])
    report = (build / "bench.md").read_text()
    # A filtered run would overwrite good figures; libmemcached alone may be missing.
    unknown = re.search(r"(\d+) not measured", report)
    if unknown is None or int(unknown[1]) > 1 or "(`hash_string`)" not in report:
        sys.exit(f"publish.py: {build} has only a part of the measurements: scripts/bench --full makes all of them")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    head = f"<!-- SPDX-License-Identifier: MIT; written by scripts/bench --publish -->\n# Benchmarks, {compiler}\n\n"
    (results / f"{compiler}.md").write_text(head + report)
    (results / f"{compiler}.json").write_text(json.dumps(merged(sorted(build.glob("bench-*.json"))), indent=1) + "\n")

    readme = HERE / "README.md"
    text = between_markers(readme.read_text(), compiler, shown(compiler, report))
    readme.write_text(between_markers(text, "plans", plans(results)))


main()
