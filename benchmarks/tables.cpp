// SPDX-License-Identifier: MIT
// Prints the tables.
#include "tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

namespace bench {
namespace {

struct title {
  std::string question;
  std::string text;
  const char* counter = nullptr;  // the counter that is compared instead of the time
  bool nanoseconds = false;       // the unit of that counter
};

const std::vector<title> titles = {
    {"lookup_hash", "Lookup by 64-bit hash, one after the other"},
    {"lookup_many", "Lookup by 64-bit hash, 1,000 keys a call; time of one key"},
    {"lookup_latency", "Lookup by 64-bit hash, each waits for the one before: median of chains of 64", "p50", true},
    {"lookup_latency", "Lookup by 64-bit hash, each waits for the one before: 99th percentile of chains of 64", "p99",
     true},
    {"lookup_string", "Lookup by string key of 16 bytes, hashing included"},
    {"owner_by_key", "owner() by kind of key"},
    {"ring_string", "Lookup by string key of 16 bytes, xxh3 linked or inlined"},
    {"ring_integer", "Lookup by 64-bit integer, xxh3 linked or inlined"},
    {"replicas_3", "Preference list of three nodes"},
    {"partition_10000", "10,000 keys grouped by owner"},
    {"find_if", "The first node that is alive"},
    {"walk_100", "The first 100 nodes of a preference list"},
    {"count_keys", "100,000 keys counted by owner: balance_of(ring, keys)"},
    {"build", "Build from nothing"},
    {"add", "Add one node"},
    {"remove", "Remove one node"},
    {"grow", "Add one node, while the ring doubles"},
    {"diff", "diff() of a join"},
    {"published_access", "Reader throughput: access to the ring alone"},
    {"published_lookup", "Reader throughput: a lookup by 64-bit hash, nothing changes"},
    {"published_changing", "Reader throughput: a lookup by 64-bit hash, 1,000 changes a second"},
    {"memory", "Heap bytes per vnode, whole ring", "bytes/vnode"},
    {"slot_plan", "Plan of the next slot table"},
    {"slot_leaders", "The same where only the nodes of two zones lead"},
    {"slot_locks", "The same where a tenth of the nodes is locked"},
    {"slot_ranges", "The same with one copy of each slot, with and without contiguous ranges"},
    {"slot_masters", "Two masters join three and leave them, then three join: four plans in total"},
    {"slot_plan_all", "Plans of 1,000 slot tables together"},
    {"slot_transition", "A whole transition between slot tables, time of a move", "a move", true},
    {"slot_transition", "A whole transition between slot tables, rounds over their lower bound", "rounds / bound"},
    {"slot_scenarios", "Plans for cases that other systems have published"},
    {"balance_exact", "Balance, exact"},
    {"balance_keys", "Balance, counted from 100,000 keys"},
    {"hash_xxh3", "xxh3, linked or inlined"},
    {"hash_xxh64", "xxh64, linked or inlined"},
    {"hash_string", "Hashes of strings"},
    {"hash_integer", "Hashes of 64-bit integers"},
};

const std::vector<std::string> order = {
    "quoit",       "std::map",     "lower_bound", "branchless",  "jump",          "table",
    "raw line",    "libmemcached", "owner",       "list of all", "replicas(100)", "partition",
    "all at once", "streams",      "scan",        "hash alone",  "key_hash",      "integer",
    "16 bytes",    "200 bytes",    "std::sort",   "hashing",     "linked",        "inlined",
    "xxh3",        "xxh3 inlined", "xxh64",       "mix64",       "fnv1a",         "murmur3",
    "crc32",       "plain ring",   "reader",      "snapshot",    "shared_mutex",  "atomic<shared_ptr>"};

// The order of rows that differ by words.
const std::vector<std::string> row_order = {"build",
                                            "build, weights 1 to 4",
                                            "unchanged",
                                            "add one",
                                            "add one, any moves for totals",
                                            "lose one",
                                            "add 10 %",
                                            "add 10 %, weights 1 to 4",
                                            "drain 10 %",
                                            "lose 10 %",
                                            "lose 10 %, weights 1 to 4",
                                            "lose a zone",
                                            "lose a quarter",
                                            "weights 1 to 4",
                                            "add a zone",
                                            "Swift's analyzer",
                                            "Swift 1024 slots",
                                            "Garage example 2",
                                            "Riak 3+3+3",
                                            "Riak 3+3+3+4",
                                            "Redis 201 masters",
                                            "Redis weight 0",
                                            "half down",
                                            "all down"};

std::string ratio_text(double value) {
  char text[32];
  if (value < 0.1) std::snprintf(text, sizeof text, "×%.2g", value);
  else std::snprintf(text, sizeof text, "×%.*f", value >= 100 ? 0 : value >= 10 ? 1 : 2, value);
  return text;
}

// " ±3%"; nothing if there is only one repetition.
std::string spread_text(std::optional<double> spread) {
  if (!spread) return "";
  char text[32];
  std::snprintf(text, sizeof text, " ±%.0f%%", *spread * 100);
  return text;
}

std::ptrdiff_t place_in(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) - list.begin();
}

// The parts of a row's name: nodes:64/vnodes:160, or words as in slots:64/add one.
struct row_name {
  struct part {
    std::string head, value;
  };
  std::vector<part> parts;
  std::vector<long> rank;  // the sort key of rows

  explicit row_name(const std::string& row) {
    for (std::size_t at = 0; at < row.size();) {
      const std::size_t end = std::min(row.find('/', at), row.size());
      const std::string text = row.substr(at, end - at);
      const auto colon = text.find(':');
      if (colon == text.npos) {
        parts.push_back({"what", text});
        rank.push_back(place_in(row_order, text));
      } else {
        parts.push_back({text.substr(0, colon), text.substr(colon + 1)});
        rank.push_back(std::atol(parts.back().value.c_str()));
      }
      at = end + 1;
    }
  }
};

// Those that have the counter that is compared; null stands for the time.
std::vector<std::string> competitors_of(const std::vector<measurements::line>& lines, const char* counter) {
  std::vector<std::string> result;
  for (const auto& line : lines) {
    for (const auto& cell : line.cells) {
      if (counter != nullptr && !cell.counter(counter)) continue;
      if (std::find(result.begin(), result.end(), cell.competitor) == result.end()) result.push_back(cell.competitor);
    }
  }
  // Competitors that are not in that order come last, by name.
  std::sort(result.begin(), result.end(), [&](const auto& a, const auto& b) {
    return std::pair(place_in(order, a), a) < std::pair(place_in(order, b), b);
  });
  return result;
}

void print(const measurements::table& one, const title& head) {
  // Interleaved runs arrive in any order. Rows are sorted by size.
  auto lines = one.lines;
  std::sort(lines.begin(), lines.end(),
            [&](const auto& a, const auto& b) { return row_name(a.row).rank < row_name(b.row).rank; });
  const auto competitors = competitors_of(lines, head.counter);
  if (competitors.empty()) return;
  const auto compared = [](const std::string& counter) {
    return std::any_of(titles.begin(), titles.end(),
                       [&](const title& t) { return t.counter != nullptr && counter == t.counter; });
  };

  std::vector<std::string> counters;
  for (const auto& line : lines) {
    const auto* const measure = line.find(competitors.front());
    if (measure == nullptr) continue;
    for (const auto& [counter, values] : measure->counters) {
      const bool fresh = std::find(counters.begin(), counters.end(), counter) == counters.end();
      if (fresh && !compared(counter)) counters.push_back(counter);
    }
  }

  std::cout << "\n### " << head.text << " (`" << one.question << "`)\n\n|";
  const row_name sample(lines.front().row);
  for (const auto& part : sample.parts) std::cout << ' ' << part.head << " |";
  for (const std::string& c : competitors) std::cout << ' ' << c << " |";
  for (const std::string& c : counters) std::cout << ' ' << c << " |";
  std::cout << "\n|";
  for (const auto& part : sample.parts) std::cout << (part.head == "what" ? "---|" : "---:|");
  for (std::size_t i = 0; i < competitors.size() + counters.size(); ++i) std::cout << "---:|";
  std::cout << '\n';

  const auto value_of = [&](const measurements::cell& c) {
    return head.counter == nullptr ? c.time() : c.counter(head.counter).value_or(0);
  };
  for (const auto& line : lines) {
    std::cout << '|';
    for (const auto& part : row_name(line.row).parts) std::cout << ' ' << part.value << " |";
    const auto* const measure = line.find(competitors.front());
    for (const std::string& competitor : competitors) {
      const auto* const c = line.find(competitor);
      if (c == nullptr || (head.counter != nullptr && !c->counter(head.counter))) {
        std::cout << " |";
        continue;
      }
      const double value = value_of(*c);
      if (head.counter == nullptr) std::cout << ' ' << time_text(value) << spread_text(c->time_spread());
      else if (head.nanoseconds) std::cout << ' ' << time_text(value) << spread_text(c->counter_spread(head.counter));
      else std::cout << ' ' << number_text(value);
      if (measure != nullptr && c != measure) std::cout << " (" << ratio_text(value / value_of(*measure)) << ')';
      std::cout << " |";
    }
    for (const std::string& counter : counters) {
      const auto value = measure == nullptr ? std::nullopt : measure->counter(counter);
      std::cout << ' ' << (value ? number_text(*value) : "") << " |";
    }
    std::cout << '\n';
  }
}

}  // namespace

std::string number_text(double value) {
  char text[32];
  const double size = std::fabs(value);
  const int decimals = value == std::floor(value) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.5 ? 2 : 4;
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

double start_load(const measurements& all) {
  const auto& before = all.fact("load").empty() ? all.fact("load_avg") : all.fact("load");
  const auto& cores = all.fact("num_cpus");
  const double count = cores.empty() ? 1 : std::atof(cores.front().c_str());
  return before.empty() || count <= 0 ? 0 : std::atof(before.front().c_str()) / count;
}

std::string time_text(double nanoseconds) {
  if (nanoseconds < 1e3) return number_text(nanoseconds) + " ns";
  if (nanoseconds < 1e6) return number_text(nanoseconds / 1e3) + " µs";
  if (nanoseconds < 1e9) return number_text(nanoseconds / 1e6) + " ms";
  return number_text(nanoseconds / 1e9) + " s";
}

void print_head(const measurements& all) {
  const auto first = [&](const char* name) {
    return all.fact(name).empty() ? std::string("unknown") : all.fact(name).front();
  };
  std::cout << "- date: " << first("date") << "\n- commit: " << first("commit") << "\n- machine: " << first("machine")
            << "\n- compiler: " << first("compiler") << "\n- libraries: xxHash " << first("xxhash")
            << ", linked; libmemcached " << first("libmemcached")
            << "\n- processes: " << (all.fact("runs").empty() ? std::to_string(all.fact("date").size()) : first("runs"))
            << "; load average at the start of each:";
  for (const std::string& load : all.fact("load_avg")) std::cout << ' ' << load;
  std::cout << '\n';
  const double load = start_load(all);
  if (!all.fact("load").empty()) std::cout << "- load of the machine before the start: " << first("load") << '\n';
  if (load > most_load) {
    std::cout << "- BUSY: " << number_text(load) << " a core before the start, and more than " << number_text(most_load)
              << " disturbs: compare ratios only, and look at the spreads\n";
  }
  if (first("optimised") == "no") std::cout << "- NOT OPTIMISED: these times mean nothing\n";
  std::cout << R"(
A cell is the median of all repetitions and processes, its spread, and its ratio to the first column. ±3% says that half
of the repetitions are within 3% of the median; a difference between two cells that is not larger is noise. A single
repetition has no spread. The columns after the competitors are counters of the first one. `load cv` and `load max/mean`
are about the loads of the nodes, and not about time: the coefficient of variation, and the fullest node over the mean.
)";
}

void print_tables(const measurements& all) {
  for (const title& head : titles) {
    for (const auto& table : all.tables()) {
      if (table.question == head.question) print(table, head);
    }
  }
  for (const auto& table : all.tables()) {
    const bool known =
        std::any_of(titles.begin(), titles.end(), [&](const title& t) { return t.question == table.question; });
    if (!known) print(table, {table.question, table.question});
  }
}

}  // namespace bench
