#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks .github/workflows, which no test can run: everything that it calls exists, and it is safe to run.

Scripts, folders, steps and presets must exist, and each step and preset must be run. Actions are pinned by commit, jobs
have a time limit, and the only permission is to read.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
PRESETS = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))


def names(kind):
    return {preset["name"] for preset in PRESETS[kind] if not preset.get("hidden")}


def problems(text):
    """The faults of a workflow, one line each."""
    lines = [re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines()]
    plain = "\n".join(lines)
    for path in sorted(set(re.findall(r"(?<![\w/.-])(?:scripts|tests|\.ci)/[\w./-]+", plain))):
        if not (ROOT / path).exists():
            yield f"{path} does not exist"

    # Every step of .ci/run has a job.
    steps = set(re.findall(r"^([\w-]+) +(?:quick|full) ", CI, re.M))
    jobs = {step for values in re.findall(r"^ +step: \[([^\]]*)\]", plain, re.M) for step in re.split(r",\s*", values)}
    for name in sorted(jobs - steps):
        yield f".ci/run has no step {name}"
    for name in sorted(steps - jobs):
        yield f"no job runs the step {name} of .ci/run"

    # Every preset is run, here or by .ci/run.
    run = {name for text in (plain, CI) for name in re.findall(r"(?:--preset|scripts/test) ([\w-]+)", text)}
    run.update(re.findall(r"\bpreset: ([\w-]+)\}", plain))
    run.update(name for name in re.findall(r"\bemulated (\w+)", CI))
    run.update(name for name in re.findall(r"\bother_compiler [\w-]+ ([\w-]+)", CI))
    for name in sorted(run - names("configurePresets")):
        yield f"the preset {name} does not exist"
    for name in sorted(names("configurePresets") - run):
        yield f"nothing runs the preset {name}"
    for kind, command in (("buildPresets", "cmake --build"), ("testPresets", "ctest")):
        for name in re.findall(rf"{command} --preset ([\w-]+)", plain):
            if name not in names(kind):
                yield f"there is no preset {name} for {command}"

    for action in re.findall(r"\buses: (.*)", text):
        if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v[\d.]+", action):
            yield f"not pinned by commit and version: {action}"
    if "\npermissions:\n  contents: read\n" not in text or plain.count("permissions:") != 1:
        yield "the permissions are not exactly contents: read"
    jobs = re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", plain.split("\njobs:\n")[1] + "\n", re.M)
    if len(jobs) < 2:
        yield "no jobs were found"
    for job, body in jobs:
        if not re.search(r"^    timeout-minutes: \d+", body, re.M):
            yield f"the job {job} has no time limit"


def main():
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    found = [f"{file.name}: {problem}" for file in files for problem in problems(file.read_text(encoding="utf-8"))]
    print("\n".join(found) or f"{len(files)} workflow: no problems")
    sys.exit(1 if found or not files else 0)


if __name__ == "__main__":
    main()
