#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes the runs of one compiler into the repository; scripts/bench --publish calls it.

    publish.py COMPILER BUILD

BUILD has bench.md, the report, and bench-*.json, what Google Benchmark wrote. From them come results/COMPILER.md (the
whole report), results/COMPILER.json (a median a benchmark, in Google Benchmark's format) and what stands
between the markers in README.md.
"""
import json
import pathlib
import re
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
# What the README shows of a report, by compiler; the rest is in results/.
SHOWN = {
    "g++": ("Targets", "lookup_hash", "lookup_many", "lookup_latency", "lookup_string", "owner_by_key", "replicas_3",
            "build", "add", "remove", "grow", "published_lookup", "published_changing", "memory", "slot_plan"),
    "clang++": ("Targets", "lookup_hash", "lookup_many", "owner_by_key", "build", "add", "remove", "slot_plan"),
}
# Members that say how a single repetition went, and mean nothing for a median.
SINGLE = ("family_index", "per_family_instance_index", "repetition_index", "threads", "iterations", "run_name")


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
                median[key] = float(f"{statistics.median(one[key] for one in all_of_it):.5g}")
        median["repetitions"] = len(all_of_it)
        benchmarks.append(median)
    return {"context": context, "benchmarks": benchmarks}


def shown(compiler, report):
    head, *tables = report.split("\n### ")
    chosen = [table for table in tables
              if any(table.startswith(one + " ") or f"(`{one}`)" in table.split("\n")[0] for one in SHOWN[compiler])]
    return "\n### ".join([head.rstrip() + "\n"] + chosen)


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
    text = readme.read_text()
    begin, end = f"<!-- {compiler}: written by scripts/bench --publish -->\n", f"<!-- end of {compiler} -->"
    if begin not in text or end not in text:
        sys.exit(f"publish.py: README.md has no markers for {compiler}")
    before, rest = text.split(begin)
    readme.write_text(before + begin + "\n" + shown(compiler, report).rstrip() + "\n\n" + end + rest.split(end)[1])


main()
