// SPDX-License-Identifier: MIT
// Collects the measurements of a run, and the facts about it.
#include "ratio_reporter.hpp"

#include <ctime>
#include <fstream>
#include <map>
#include <string>

#include <xxhash.h>

#include "progress.hpp"
#include "tables.hpp"

#if defined(BENCH_LIBMEMCACHED)
#include <libmemcached/memcached.h>
#endif

#if !defined(BENCH_FLAGS)
#define BENCH_FLAGS "unknown"
#endif

namespace bench {
namespace {

// The first line with `key` in a file of Linux, from after the key; empty on other systems.
std::string from_proc(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto colon = key.empty() ? std::string::npos : line.find(": ");
    return colon == std::string::npos ? line : line.substr(colon + 2);
  }
  return "";
}

std::string machine() {
  std::string text = from_proc("/proc/cpuinfo", "model name");
  if (text.empty()) text = "unknown processor";
  const auto& info = benchmark::CPUInfo::Get();
  text += ", " + std::to_string(info.num_cpus) + " cores";
  for (const auto& cache : info.caches) {
    if (cache.type != "Instruction")
      text += ", L" + std::to_string(cache.level) + ' ' + std::to_string(cache.size / 1024) + " KiB";
  }
  const std::string governor = from_proc("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "");
  return text + ", governor " + (governor.empty() ? "unknown" : governor);
}

std::string compiler() {
#if defined(__clang__)
  return "clang " + std::to_string(__clang_major__) + '.' + std::to_string(__clang_minor__) + '.' +
         std::to_string(__clang_patchlevel__);
#elif defined(__GNUC__)
  return std::string("g++ ") + __VERSION__;
#else
  return "unknown";
#endif
}

// Facts that only the caller of the program knows.
std::map<std::string, std::string>& facts_of_caller() {
  static std::map<std::string, std::string> facts;
  return facts;
}

std::map<std::string, std::string> facts() {
  const unsigned version = XXH_versionNumber();
  const auto part = [&](unsigned unit) { return std::to_string(version / unit % 100); };
  std::map<std::string, std::string> result = {
      {"machine", machine()},
      {"compiler", compiler() + ", " BENCH_FLAGS},
      {"xxhash", part(10000) + '.' + part(100) + '.' + part(1)},
#if defined(BENCH_LIBMEMCACHED)
      {"libmemcached", memcached_lib_version()},
#else
      {"libmemcached", "not installed: skipped"},
#endif
#if defined(NDEBUG)
      {"optimised", "yes"},
#else
      {"optimised", "no"},
#endif
  };
  result.insert(facts_of_caller().begin(), facts_of_caller().end());
  return result;
}

// Google Benchmark 1.8 has an enumeration `skipped`, whose first value means that the run was not skipped. Older
// versions have a flag.
template <class Run>
bool is_skipped(const Run& run) {
  if constexpr (requires { run.skipped; }) return run.skipped != decltype(run.skipped){};
  else return run.error_occurred;
}

}  // namespace

void add_facts(const std::map<std::string, std::string>& more) {
  facts_of_caller() = more;
  for (const auto& [name, value] : facts()) benchmark::AddCustomContext(name, value);
}

bool ratio_reporter::ReportContext(const Context& context) {
  for (const auto& [name, value] : facts()) all_.add_fact(name, value);
  const std::time_t now = std::time(nullptr);
  char date[32] = "";
  if (const std::tm* utc = std::gmtime(&now)) std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S+00:00", utc);
  all_.add_fact("date", date);
  all_.add_fact("num_cpus", std::to_string(context.cpu_info.num_cpus));
  if (!context.cpu_info.load_avg.empty()) all_.add_fact("load_avg", number_text(context.cpu_info.load_avg.front()));
  return true;
}

void ratio_reporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration || run.iterations == 0 || is_skipped(run)) continue;
    const std::string name = run.benchmark_name();
    const bool manual = name.find("/manual_time") != std::string::npos;
    std::map<std::string, double> counters;
    for (const auto& [counter, value] : run.counters) counters[counter] = value.value;
    all_.add(name,
             (manual ? run.real_accumulated_time : run.cpu_accumulated_time) * 1e9 /
                 static_cast<double>(run.iterations),
             counters);
  }
}

void ratio_reporter::Finalize() { progress::of_run().end(); }

}  // namespace bench
