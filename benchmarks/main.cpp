// SPDX-License-Identifier: MIT
// Runs the benchmarks in turns and prints the report; scripts/bench calls it.
//
//   bench_quoit [--full] [--benchmark_filter=…, …]     --full measures everything, and longer
//               [--commit=TEXT] [--load=TEXT]          what the head of the report says about the run
//               [--process=N/M]                        what the progress says
//   bench_quoit --report FILE…                                   the report of runs that --benchmark_out saved
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "progress.hpp"
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

// Counts the benchmarks that a run would have, and their repetitions.
class counter : public benchmark::BenchmarkReporter {
 public:
  counter() {
    SetOutputStream(&names_);
    SetErrorStream(&names_);
  }
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}

  // The names are listed with their repetitions: …/repeats:5
  void tell(bench::progress& progress, const std::string& process) {
    std::size_t benchmarks = 0, repetitions = 0;
    for (std::string name; std::getline(names_, name);) {
      if (name.find('/') == name.npos) continue;  // a message
      ++benchmarks;
      static constexpr std::string_view mark = "/repeats:";
      const auto at = name.find(mark);
      repetitions += at == name.npos ? 1 : static_cast<std::size_t>(std::atol(name.c_str() + at + mark.size()));
    }
    progress.expect(benchmarks, repetitions, process);
  }

 private:
  std::stringstream names_;
};

// Google Benchmark removes what it knows from the arguments, so each call has its own list.
bool initialize(std::vector<std::string> arguments, const char* more) {
  arguments.emplace_back(more);
  static std::vector<std::vector<std::string>> kept;  // the library may keep pointers
  std::vector<char*> pointers;
  for (std::string& one : kept.emplace_back(std::move(arguments))) pointers.push_back(one.data());
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  return !benchmark::ReportUnrecognizedArguments(count, pointers.data());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "--report") == 0) return report_of({argv + 2, argv + argc});

  bench::suite suite;
  // Competitors take turns in random order, so that a temporary load of the machine affects all of them.
  std::vector<std::string> arguments{argv[0], "--benchmark_enable_random_interleaving=true"};
  std::map<std::string, std::string> facts;
  std::string process;
  bool listed = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view one = argv[i];
    const auto value = [&](std::string_view name) { return std::string(one.substr(name.size())); };
    if (one == "--full") suite = {true, 5, 0.05};
    else if (one.starts_with("--commit=")) facts["commit"] = value("--commit=");
    else if (one.starts_with("--load=")) facts["load"] = value("--load=");
    else if (one.starts_with("--process=")) process = value("--process=");
    else arguments.emplace_back(one);
    listed = listed || one.starts_with("--benchmark_list_tests");
  }
  std::vector<std::string> without_file;
  for (const std::string& one : arguments) {
    if (!one.starts_with("--benchmark_out")) without_file.push_back(one);
  }
  bench::add_facts(facts);
  if (!initialize(without_file, "--benchmark_list_tests=true")) return 2;

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
  bench::add_transition(suite);
  bench::add_walk(suite);

  if (!listed) {
    counter all;
    benchmark::RunSpecifiedBenchmarks(&all);
    all.tell(bench::progress::of_run(), process);
  }
  if (!initialize(arguments, listed ? "--benchmark_list_tests=true" : "--benchmark_list_tests=false")) return 2;
  bench::ratio_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (listed) return 0;
  return report(reporter.all());
}
