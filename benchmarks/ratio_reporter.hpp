// SPDX-License-Identifier: MIT
// Turns the runs of Google Benchmark into one table a question: medians, and ratios to the first competitor.
//
// Times of another day on a shared machine mean little, ratios of competitors that took turns mean much; so a cell
// says both. Repetitions arrive in any order.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

namespace bench {

class ratio_reporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  // Whether anything was measured, and all of it without an error.
  [[nodiscard]] bool good() const noexcept { return !tables_.empty(); }

 private:
  struct cell {
    std::string competitor;
    std::vector<double> nanoseconds;
    std::vector<std::pair<std::string, double>> counters;
    [[nodiscard]] double median() const;
    [[nodiscard]] const double* counter(const std::string& name) const;
  };
  struct line {
    std::string row;
    std::vector<cell> cells;
  };
  struct table {
    std::string question;
    std::vector<line> lines;
  };

  void print(const table& one) const;

  std::vector<table> tables_;
};

}  // namespace bench
