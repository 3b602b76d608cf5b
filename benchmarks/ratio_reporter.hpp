// SPDX-License-Identifier: MIT
// Turns the runs of Google Benchmark into measurements. Repetitions arrive in any order.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "measurements.hpp"

namespace bench {

class ratio_reporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  [[nodiscard]] const measurements& all() const noexcept { return all_; }

 private:
  measurements all_;
};

// Records the facts of this machine and build, for the JSON file and for print_head(). `more`: what the caller knows,
// such as the commit.
void add_facts(const std::map<std::string, std::string>& more);

}  // namespace bench
