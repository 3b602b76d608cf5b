// SPDX-License-Identifier: MIT
// Prints the tables, in Markdown, so that a run can go into a document as it is.
#include "ratio_reporter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <utility>

#include <unistd.h>

#include <xxhash.h>

#if !defined(BENCH_FLAGS)
#define BENCH_FLAGS "unknown"
#endif

namespace bench {
namespace {

struct title {
  const char* question;
  const char* text;
  const char* compared;  // the counter that is compared instead of the time, or null
};

constexpr title titles[] = {
    {"lookup_hash", "Lookup by 64-bit hash, one after the other", nullptr},
    {"lookup_latency", "Lookup by 64-bit hash, each waits for the one before", nullptr},
    {"lookup_string", "Lookup by string key of 16 bytes, hashing included", nullptr},
    {"replicas_3", "Preference list of three nodes", nullptr},
    {"owners_1000", "Owners of 1,000 keys", nullptr},
    {"partition_10000", "10,000 keys grouped by owner", nullptr},
    {"build", "Build from nothing", nullptr},
    {"add", "Add one node", nullptr},
    {"remove", "Remove one node", nullptr},
    {"diff", "diff() of a join", nullptr},
    {"memory", "Heap bytes per vnode, whole ring", "bytes/vnode"},
    {"balance_exact", "Balance, exact", nullptr},
    {"balance_keys", "Balance, counted from 100,000 keys", nullptr},
    {"hash_xxh3", "xxh3, linked or inlined", nullptr},
    {"hash_xxh64", "xxh64, linked or inlined", nullptr},
    {"hash_string", "Hashes of strings", nullptr},
    {"hash_integer", "Hashes of 64-bit integers", nullptr},
    {"ring_string", "Lookup by string key of 16 bytes, xxh3 linked or inlined", nullptr},
    {"published_access", "Reader throughput: access to the ring alone", nullptr},
    {"published_lookup", "Reader throughput: a lookup by 64-bit hash, nothing changes", nullptr},
    {"published_changing", "Reader throughput: a lookup by 64-bit hash, 1,000 changes a second", nullptr},
};

title title_of(const std::string& question) {
  for (const title& one : titles) {
    if (question == one.question) return one;
  }
  return {question.c_str(), question.c_str(), nullptr};
}

std::string number(double value) {
  char text[32];
  const int decimals = value == std::floor(value) || std::fabs(value) >= 100 ? 0 : std::fabs(value) >= 10 ? 1 : std::fabs(value) >= 0.5 ? 2 : 4;
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string ratio_text(double value) {
  char text[32];
  if (value < 0.1) std::snprintf(text, sizeof text, "×%.2g", value);
  else std::snprintf(text, sizeof text, "×%.*f", value >= 100 ? 0 : value >= 10 ? 1 : 2, value);
  return text;
}

std::string time_text(double nanoseconds) {
  if (nanoseconds < 1e3) return number(nanoseconds) + " ns";
  if (nanoseconds < 1e6) return number(nanoseconds / 1e3) + " µs";
  if (nanoseconds < 1e9) return number(nanoseconds / 1e6) + " ms";
  return number(nanoseconds / 1e9) + " s";
}

// The first line of a file that Linux provides, from behind `key`; empty elsewhere.
std::string from_proc(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto colon = key.empty() ? std::string::npos : line.find(": ");
    return colon == std::string::npos ? line : line.substr(colon + 2);
  }
  return "";
}

std::string load_text() {
  const std::string line = from_proc("/proc/loadavg", "");
  return line.empty() ? "unknown" : line.substr(0, line.find(' '));
}

std::string compiler() {
#if defined(__clang__)
  return std::string("clang ") + __clang_version__;
#elif defined(__GNUC__)
  return std::string("g++ ") + __VERSION__;
#else
  return "unknown";
#endif
}

bool on_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace

double ratio_reporter::cell::median() const {
  auto sorted = nanoseconds;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const double* ratio_reporter::cell::counter(const std::string& name) const {
  const auto at = std::find_if(counters.begin(), counters.end(), [&](const auto& one) { return one.first == name; });
  return at == counters.end() ? nullptr : &at->second;
}

bool ratio_reporter::ReportContext(const Context& context) {
  const std::time_t now = std::time(nullptr);
  char date[32] = "";
  if (const std::tm* utc = std::gmtime(&now)) std::strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", utc);
  const std::string model = from_proc("/proc/cpuinfo", "model name");
  std::cout << "- date: " << date << "\n- machine: " << (model.empty() ? "unknown processor" : model) << ", "
            << context.cpu_info.num_cpus << " cores";
  for (const auto& cache : context.cpu_info.caches) {
    if (cache.type != "Instruction") std::cout << ", L" << cache.level << ' ' << cache.size / 1024 << " KiB";
  }
  std::cout << "\n- compiler: " << compiler() << ", " << BENCH_FLAGS << "\n- xxHash " << XXH_versionNumber() / 10000 << '.'
            << XXH_versionNumber() / 100 % 100 << '.' << XXH_versionNumber() % 100 << ", linked\n- load average at the start: " << load_text() << "\n"
            << std::flush;
#if !defined(NDEBUG)
  std::cout << "- NOT OPTIMISED: these times mean nothing\n";
#endif
  return true;
}

void ratio_reporter::ReportRuns(const std::vector<Run>& runs) {
  const auto find_or_add = [](auto& list, const std::string& name, auto member) -> auto& {
    const auto at = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*member == name; });
    if (at != list.end()) return *at;
    auto& fresh = list.emplace_back();
    fresh.*member = name;
    return fresh;
  };
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration || run.iterations == 0) continue;
    const std::string& name = run.run_name.function_name;
    const auto first = name.find('/'), last = name.rfind('/');
    line& row = find_or_add(find_or_add(tables_, name.substr(0, first), &table::question).lines,
                            name.substr(first + 1, last - first - 1), &line::row);
    cell& one = find_or_add(row.cells, name.substr(last + 1), &cell::competitor);
    one.nanoseconds.push_back(run.cpu_accumulated_time * 1e9 / static_cast<double>(run.iterations));
    one.counters.clear();
    for (const auto& [counter, value] : run.counters) one.counters.emplace_back(counter, value.value);
    if (on_terminal()) std::cerr << "\r\033[K" << name << std::flush;
  }
}

void ratio_reporter::Finalize() {
  if (on_terminal()) std::cerr << "\r\033[K" << std::flush;
  std::cout << "- load average at the end: " << load_text() << "\n";
  // Interleaved runs come in any order; the tables come in the order of the titles, rows by size, the measure first.
  for (const title& one : titles) {
    for (const table& t : tables_) {
      if (t.question == one.question) print(t);
    }
  }
}

void ratio_reporter::print(const table& one) const {
  const title head = title_of(one.question);
  auto lines = one.lines;
  const auto numbers = [](const std::string& row) {
    std::vector<long> result;
    for (auto colon = row.find(':'); colon != std::string::npos; colon = row.find(':', colon + 1)) {
      result.push_back(std::atol(row.c_str() + colon + 1));
    }
    return result;
  };
  std::sort(lines.begin(), lines.end(), [&](const line& a, const line& b) { return numbers(a.row) < numbers(b.row); });

  std::vector<std::string> competitors;
  for (const char* const known : {"quoit", "std::map", "lower_bound", "linked", "inlined", "xxh3", "xxh3 inlined", "xxh64",
                                  "mix64", "fnv1a", "murmur3", "crc32", "plain ring", "reader", "snapshot", "shared_mutex",
                                  "atomic<shared_ptr>"}) {
    for (const line& l : lines) {
      const bool here = std::any_of(l.cells.begin(), l.cells.end(), [&](const cell& c) { return c.competitor == known; });
      if (here && (competitors.empty() || competitors.back() != known)) competitors.push_back(known);
    }
  }
  const auto cell_of = [](const line& l, const std::string& competitor) -> const cell* {
    const auto at = std::find_if(l.cells.begin(), l.cells.end(), [&](const cell& c) { return c.competitor == competitor; });
    return at == l.cells.end() ? nullptr : &*at;
  };
  const auto value_of = [&](const cell& c) {
    const double* const counter = head.compared == nullptr ? nullptr : c.counter(head.compared);
    return counter == nullptr ? c.median() : *counter;
  };

  std::vector<std::string> counters;
  for (const line& l : lines) {
    if (const cell* c = cell_of(l, competitors.front())) {
      for (const auto& [counter, value] : c->counters) {
        const bool fresh = std::find(counters.begin(), counters.end(), counter) == counters.end();
        if (fresh && (head.compared == nullptr || counter != head.compared)) counters.push_back(counter);
      }
    }
  }

  std::cout << "\n### " << head.text << " (`" << one.question << "`)\n\n|";
  const std::string& sample = lines.front().row;
  for (std::size_t at = 0; at < sample.size();) {
    std::cout << ' ' << sample.substr(at, sample.find(':', at) - at) << " |";
    at = sample.find('/', at);
    if (at != std::string::npos) ++at;
  }
  for (const std::string& c : competitors) std::cout << ' ' << c << " |";
  for (const std::string& c : counters) std::cout << ' ' << c << " |";
  std::cout << "\n|";
  for (std::size_t i = 0; i < numbers(sample).size() + competitors.size() + counters.size(); ++i) std::cout << "---:|";
  std::cout << '\n';
  for (const line& l : lines) {
    std::cout << '|';
    for (const long n : numbers(l.row)) std::cout << ' ' << n << " |";
    const cell* const measure = cell_of(l, competitors.front());
    for (const std::string& competitor : competitors) {
      const cell* const c = cell_of(l, competitor);
      if (c == nullptr) {
        std::cout << " |";
        continue;
      }
      std::cout << ' ' << (head.compared == nullptr ? time_text(value_of(*c)) : number(value_of(*c)));
      if (measure != nullptr && c != measure) std::cout << " (" << ratio_text(value_of(*c) / value_of(*measure)) << ')';
      std::cout << " |";
    }
    for (const std::string& counter : counters) {
      const double* const value = measure == nullptr ? nullptr : measure->counter(counter);
      std::cout << ' ' << (value == nullptr ? "" : number(*value)) << " |";
    }
    std::cout << '\n';
  }
}

}  // namespace bench
