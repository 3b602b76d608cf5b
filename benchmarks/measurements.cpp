// SPDX-License-Identifier: MIT
// Collects the measurements, and reads those of other runs.
#include "measurements.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace bench {
namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::optional<double> spread(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  const double middle = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::fabs(value - middle));
  return middle == 0 ? 0 : median(distances) / std::fabs(middle);
}

// The ends of members with spreads, which benchmarks/publish.py writes: "time spread", "p50 spread".
constexpr std::string_view spread_suffix = " spread";

template <class List, class Member>
auto& find_or_add(List& list, const std::string& name, Member member) {
  const auto at = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*member == name; });
  if (at != list.end()) return *at;
  auto& fresh = list.emplace_back();
  fresh.*member = name;
  return fresh;
}

template <class List, class Member>
const auto* find_in(const List& list, const std::string& name, Member member) {
  const auto at = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*member == name; });
  return at == list.end() ? nullptr : &*at;
}

std::string without_suffixes(const std::string& name) {
  std::size_t end = name.size();
  for (const char* const suffix : {"/min_time:", "/min_warmup_time:", "/iterations:", "/repeats:", "/manual_time",
                                   "/real_time", "/process_time", "/threads:"}) {
    end = std::min(end, name.find(suffix));
  }
  return name.substr(0, end);
}

// A line of Google Benchmark's JSON, which has one member in each line: "key": value
struct member {
  std::string key, value;

  explicit member(std::string_view line) {
    const auto open = line.find('"');
    const auto close = open == line.npos ? line.npos : line.find("\": ", open + 1);
    if (close == line.npos) return;
    key = line.substr(open + 1, close - open - 1);
    std::string_view rest = line.substr(close + 3);
    if (!rest.empty() && rest.back() == ',') rest.remove_suffix(1);
    if (rest.size() >= 2 && rest.front() == '"') rest = rest.substr(1, rest.size() - 2);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
      value += rest[i];
    }
  }
};

double nanoseconds_in(const std::string& unit) {
  return unit == "s" ? 1e9 : unit == "ms" ? 1e6 : unit == "us" ? 1e3 : 1;
}

}  // namespace

double measurements::cell::time() const { return median(nanoseconds); }

std::optional<double> measurements::cell::counter(const std::string& name) const {
  for (const auto& [counter, values] : counters) {
    if (counter == name) return median(values);
  }
  return std::nullopt;
}

std::optional<double> measurements::cell::time_spread() const {
  const auto at = published.find("time");
  return at != published.end() ? at->second : spread(nanoseconds);
}

std::optional<double> measurements::cell::counter_spread(const std::string& name) const {
  const auto at = published.find(name);
  if (at != published.end()) return at->second;
  for (const auto& [counter, values] : counters) {
    if (counter == name) return spread(values);
  }
  return std::nullopt;
}

const measurements::cell* measurements::line::find(const std::string& competitor) const {
  return find_in(cells, competitor, &cell::competitor);
}

void measurements::add(const std::string& name, double nanoseconds, const std::map<std::string, double>& counters) {
  const std::string plain = without_suffixes(name);
  const auto first = plain.find('/'), last = plain.rfind('/');
  if (first == last) throw std::runtime_error("no benchmark of ours: " + name);
  line& row = find_or_add(find_or_add(tables_, plain.substr(0, first), &table::question).lines,
                          plain.substr(first + 1, last - first - 1), &line::row);
  cell& one = find_or_add(row.cells, plain.substr(last + 1), &cell::competitor);
  one.nanoseconds.push_back(nanoseconds);
  for (const auto& [counter, value] : counters) {
    if (counter.size() > spread_suffix.size() && std::string_view(counter).ends_with(spread_suffix)) {
      one.published[counter.substr(0, counter.size() - spread_suffix.size())] = value;
      continue;
    }
    find_or_add(one.counters, counter, &std::pair<std::string, std::vector<double>>::first).second.push_back(value);
  }
}

void measurements::read_json(const std::string& path) {
  std::ifstream file(path);
  std::map<std::string, std::string> members;
  bool context = true;
  const auto finish = [&] {
    const bool single = members["run_type"] == "iteration";
    if (single && members.count("error_occurred") == 0 && members.count("skipped") == 0) {
      const bool manual = members["name"].find("/manual_time") != std::string::npos;
      const double time = std::atof(members[manual ? "real_time" : "cpu_time"].c_str());
      std::map<std::string, double> counters;
      for (const auto& [key, value] : members) {
        static const std::vector<std::string> own = {"name",
                                                     "family_index",
                                                     "per_family_instance_index",
                                                     "run_name",
                                                     "run_type",
                                                     "repetitions",
                                                     "repetition_index",
                                                     "threads",
                                                     "iterations",
                                                     "real_time",
                                                     "cpu_time",
                                                     "time_unit"};
        if (std::find(own.begin(), own.end(), key) == own.end()) counters[key] = std::atof(value.c_str());
      }
      add(members["name"], time * nanoseconds_in(members["time_unit"]), counters);
    }
    members.clear();
  };
  bool ended = false;
  for (std::string text; std::getline(file, text);) {
    const member one(text);
    if (one.key == "benchmarks") {
      context = false;
    } else if (context) {
      // Only one list is needed: the load over 1, 5 and 15 minutes.
      const bool list = one.value.empty() || one.value.front() == '{' || one.value.front() == '[';
      if (!list) add_fact(one.key, one.value);
      else if (one.key == "load_avg")
        add_fact(one.key, one.value.substr(1, std::min<std::size_t>(one.value.find_first_of(",]") - 1, 4)));
    } else if (!one.key.empty()) {
      members.emplace(one.key, one.value);
    } else if (text.find('}') != text.npos && !members.empty()) {
      finish();
    } else if (text.find(']') != text.npos) {
      ended = true;
    }
  }
  if (!ended) throw std::runtime_error("no whole file of measurements: " + path);
}

void measurements::add_fact(const std::string& name, const std::string& value) { facts_[name].push_back(value); }

const measurements::cell* measurements::find(const std::string& question, const std::string& row,
                                             const std::string& competitor) const {
  const table* const of = find_in(tables_, question, &table::question);
  const line* const in = of == nullptr ? nullptr : find_in(of->lines, row, &line::row);
  return in == nullptr ? nullptr : in->find(competitor);
}

const std::vector<std::string>& measurements::fact(const std::string& name) const {
  static const std::vector<std::string> none;
  const auto at = facts_.find(name);
  return at == facts_.end() ? none : at->second;
}

}  // namespace bench
