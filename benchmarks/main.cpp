// SPDX-License-Identifier: MIT
// Runs the benchmarks in turns and prints the report; scripts/bench calls it.
//
//   bench_quoit [--full] [--benchmark_filter=…, …]     --full measures everything, and longer
//   bench_quoit --report FILE…                                   the report of runs that --benchmark_out saved
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include <benchmark/benchmark.h>

#include "ratio_reporter.hpp"
#include "suite.hpp"
#include "tables.hpp"
#include "targets.hpp"

namespace {

int report(const bench::measurements& all) {
  if (all.tables().empty()) {
    std::fputs("quoit: no benchmark has that name\n", stderr);
    return 1;
  }
  bench::print_head(all);
  bench::print_targets(all);
  bench::print_tables(all);
  std::fflush(stdout);
  return std::ferror(stdout) != 0 ? 1 : 0;
}

int report_of(const std::vector<const char*>& files) {
  bench::measurements all;
  try {
    for (const char* const file : files) all.read_json(file);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "quoit: %s\n", problem.what());
    return 1;
  }
  return report(all);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "--report") == 0) return report_of({argv + 2, argv + argc});

  bench::suite suite;
  // Competitors take turns in random order, so that a temporary load of the machine affects all of them.
  static char interleave[] = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments{argv[0], interleave};
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--full") == 0) suite = {true, 5, 0.05};
    else arguments.push_back(argv[i]);
  }
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  bench::add_facts();
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;

  bench::add_lookup(suite);
#if defined(BENCH_LIBMEMCACHED)
  bench::add_libmemcached(suite);
#endif
  bench::add_batch(suite);
  bench::add_change(suite);
  bench::add_memory(suite);
  bench::add_balance(suite);
  bench::add_hashing(suite);
  bench::add_published(suite);
  bench::add_plan(suite);
  bench::add_walk(suite);

  bench::ratio_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return report(reporter.all());
}
