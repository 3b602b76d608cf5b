// SPDX-License-Identifier: MIT
// Runs the benchmarks in turns and prints ratios; scripts/bench calls it. --full measures everything, and longer.
//
// Everything that Google Benchmark understands works here too (--benchmark_filter=…, --benchmark_out=…).
#include <cstdio>
#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>

#include "ratio_reporter.hpp"
#include "suite.hpp"

int main(int argc, char** argv) {
  bench::suite suite;
  // Competitors take turns in random order: what disturbs the machine for a while disturbs all of them.
  static char interleave[] = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments{argv[0], interleave};
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--full") == 0) suite = {true, 5, 0.05};
    else arguments.push_back(argv[i]);
  }
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;

  bench::add_lookup(suite);
  bench::add_batch(suite);
  bench::add_change(suite);
  bench::add_memory(suite);
  bench::add_balance(suite);
  bench::add_hashing(suite);
  bench::add_published(suite);

  bench::ratio_reporter reporter;
  if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0 || !reporter.good()) {
    std::fputs("quoit: no benchmark has that name\n", stderr);
    return 1;
  }
  std::fflush(stdout);
  return std::ferror(stdout) != 0 ? 1 : 0;
}
