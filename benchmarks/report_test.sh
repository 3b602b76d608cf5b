#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests what scripts/bench shows, with tiny runs and measurements that are made up: report_test.sh BENCH_QUOIT DIRECTORY
set -eu
bench=$1 source=$(cd -- "$(dirname -- "$0")" && pwd)
rm -rf "$2"
mkdir -p "$2"
cd "$2"

fail() {
  echo "FAILED: $*"
  tail -n 30 report err
  exit 1
}
says() { grep -q -- "$1" report || fail "the report does not say: $1"; }

# made NAME TIME...: a benchmark with these repetitions, whose times are the values of a counter as well.
counter=p50 more=''
made() {
  name=$1 comma=''
  shift
  for time in "$@"; do
    [ -z "$first" ] || comma=,
    first=no
    printf '%s    {\n      "name": "%s",\n      "run_type": "iteration",\n      "iterations": 1,\n' "$comma" "$name"
    printf '      "real_time": %s,\n      "cpu_time": %s,\n      "%s": %s,\n      "load cv": 0.25,\n      %s\n' \
      $time $time "$counter" $time "$more"
    printf '      "time_unit": "ns"\n    }\n'
  done
}
# run FILE LOAD: a file of measurements.
run() {
  {
    printf '{\n  "context": {\n    "date": "2026-01-01",\n    "num_cpus": 2,\n    "load_avg": [3.5,1,1],\n'
    printf '    "commit": "0123456789, with changes",\n    "load": "%s",\n    "compiler": "a compiler"\n  },\n' "$2"
    printf '  "benchmarks": [\n'
    first=''
    made lookup_hash/nodes:8/vnodes:160/quoit/min_time:0.008/repeats:5 90 99 100 102 400
    made lookup_hash/nodes:8/vnodes:160/jump/min_time:0.008/repeats:5 200 200 200 200 200
    made lookup_hash/nodes:8/vnodes:160/table/iterations:1/repeats:1 50
    made lookup_latency/nodes:8/vnodes:160/quoit 10 20 30
    counter='a move'
    more='"rounds / bound": 1,'
    made "slot_transition/slots:8/add one/quoit/manual_time" 100 110 120
    more=''
    made "slot_transition/slots:8/add one/scan/manual_time" 1100
    counter=p50
    printf '  ]\n}\n'
  } >"$1"
}

# The spread is the median distance from the median: 10, 1, 0, 2 and 300 of 100. One repetition has none.
run 1.json 0.4
"$bench" --report 1.json >report 2>err || fail "exit code $?"
says '^| 8 | 160 | 100 ns ±2% | 200 ns ±0% (×2.00) | 50 ns (×0.50) | 0.2500 |'
says '| nodes | vnodes | quoit | jump | table | load cv |'
says '^| 8 | 160 | 20 ns ±50% |'
# A competitor without the counter that a table compares is not in it; a table of none is left out.
says '^| slots | what | quoit | scan | load cv |'
says '^| 8 | add one | 110 ns ±9% | 1.10 µs (×10.0) | 0.2500 |'
says '^| slots | what | quoit | load cv |'
says '^| 8 | add one | 1 | 0.2500 |'
! grep -q '99th percentile' report || fail "a table of nothing"
# The head: what was measured, where, and how to read it.
for line in "commit: 0123456789, with changes" "compiler: a compiler" "load of the machine before the start: 0.4"; do
  says "^- $line\$"
done
says "^A cell is the median of all repetitions"
! grep -q BUSY report || fail "0.2 a core is busy"
run busy.json 1.1
"$bench" --report busy.json >report 2>err || fail "exit code $?"
says "^- BUSY: 0.55 a core "
# Of several processes: the spread over all their repetitions.
"$bench" --report 1.json 1.json >report 2>err || fail "exit code $?"
says '^| 8 | 160 | 100 ns ±2% |'

# A published file has medians alone, and says their spreads.
if command -v python3 >/dev/null; then
  python3 - "$source" <<'END_OF_PYTHON' >published.json || fail "publish.py cannot merge"
import json, pathlib, re, sys
text = (pathlib.Path(sys.argv[1]) / "publish.py").read_text()
space = {"__file__": sys.argv[1] + "/publish.py"}
exec(re.sub(r"\nmain\(\)\s*$", "\n", text), space)
print(json.dumps(space["merged"]([pathlib.Path("1.json")]), indent=1))
END_OF_PYTHON
  "$bench" --report published.json >report 2>err || fail "exit code $?"
  says '^| 8 | 160 | 100 ns ±2% | 200 ns ±0% (×2.00) | 50 ns (×0.50) | 0.2500 |'
  says '^| 8 | 160 | 20 ns ±50% |'
  says '^| 8 | add one | 110 ns ±9% | 1.10 µs (×10.0) | 0.2500 |'
fi

# A run says how far it is, and every repetition is counted.
tiny='hash_integer/.*/(mix64|murmur3)/'
"$bench" "--benchmark_filter=$tiny" --benchmark_min_time=0.001 --commit=abc --load=0.1 --process=2/3 >report 2>err ||
  fail "exit code $?"
says "^- commit: abc$"
says "^| 8 | .* ns ±[0-9]*% |"
grep -q "^quoit: process 2 of 3, 10 of 10 repetitions of 2 benchmarks (100%), 0:[0-9][0-9]$" err ||
  fail "no progress, or another one"
[ "$(grep -c "^quoit: process" err)" -le 10 ] || fail "much progress in a pipe"
! grep -q "$(printf '\033')" err || fail "an escape sequence in a pipe"
if command -v script >/dev/null; then
  TERM=xterm script -qec "'$bench' '--benchmark_filter=$tiny' >report" /dev/null >err || fail "exit code $?"
  grep -q "$(printf '\r\033\[K')quoit: [0-9]* of 10 repetitions of 2 benchmarks ([0-9]*%), 0:00: hash_integer/" err ||
    fail "no progress on a terminal"
  [ "$(tail -c 4 err)" = "$(printf '\r\033[K')" ] || fail "the progress stays on the terminal"
fi
# A transition goes on to its end, and a search through its moves agrees whether one may begin; else the run fails.
"$bench" "--benchmark_filter=slot_transition/slots:16384/nodes:100/replicas:3/add one/" >report 2>err ||
  fail "exit code $?"
says "^| 16384 | 100 | 3 | add one | .* ± *[0-9]*% .*×"
# No benchmark of that name: one line, and an exit code.
! "$bench" --benchmark_filter=nothing_has_this_name >report 2>err || fail "nothing is measured, and that is good"
grep -q "no benchmark has that name" err || fail "no message"
