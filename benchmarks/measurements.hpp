// SPDX-License-Identifier: MIT
// All measurements of one or several runs, by question, row and competitor.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

class measurements {
 public:
  struct cell {
    std::string competitor;
    std::vector<double> nanoseconds;
    std::vector<std::pair<std::string, std::vector<double>>> counters;
    std::map<std::string, double> published;  // spreads of published figures, of which only medians are known

    // Medians over all repetitions and runs.
    [[nodiscard]] double time() const;
    [[nodiscard]] std::optional<double> counter(const std::string& name) const;
    // At least half of the repetitions are within this part of the median: the median of their distances from it. None
    // for a single repetition. Rejected: the range, which grows with every repetition and shows the worst disturbance.
    [[nodiscard]] std::optional<double> time_spread() const;
    [[nodiscard]] std::optional<double> counter_spread(const std::string& name) const;
  };
  struct line {
    std::string row;
    std::vector<cell> cells;

    [[nodiscard]] const cell* find(const std::string& competitor) const;
  };
  struct table {
    std::string question;
    std::vector<line> lines;
  };

  // `name` is question/row/competitor, perhaps with a suffix of Google Benchmark.
  void add(const std::string& name, double nanoseconds, const std::map<std::string, double>& counters);
  // Reads a file of --benchmark_out. Facts about the run (date, machine, …) become facts here. Throws
  // std::runtime_error.
  void read_json(const std::string& path);
  void add_fact(const std::string& name, const std::string& value);

  [[nodiscard]] const std::vector<table>& tables() const noexcept { return tables_; }
  [[nodiscard]] const cell* find(const std::string& question, const std::string& row,
                                 const std::string& competitor) const;
  // The values of a fact, one for each run.
  [[nodiscard]] const std::vector<std::string>& fact(const std::string& name) const;

 private:
  std::vector<table> tables_;
  std::map<std::string, std::vector<std::string>> facts_;
};

}  // namespace bench
