// SPDX-License-Identifier: MIT
// Shows on stderr how far a run is: on a terminal in one line that changes, otherwise in a line for each tenth.
//
//   quoit: process 1 of 3, 412 of 1725 repetitions of 345 benchmarks (23%), 0:21: lookup_hash/nodes:8/vnodes:160/jump
//
// Repetitions are counted, and not benchmarks: these take turns in random order, so nearly all of them end at the end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace bench {

class progress {
 public:
  /// The only one of a process.
  static progress& of_run();

  // What is ahead: benchmarks, with all their repetitions, in which process of how many ("1/3"; empty for one).
  void expect(std::size_t benchmarks, std::size_t repetitions, const std::string& process);
  // Call it before each measurement. Google Benchmark looks for the number of iterations in the first repetition, and
  // then repeats that number; so a new repetition is one with as many iterations as the last.
  void begin(const std::string& name, std::int64_t iterations);
  void end();

 private:
  progress();
  void show(const std::string& name);

  bool on_terminal_;
  std::size_t benchmarks_ = 0, repetitions_ = 0, begun_ = 0, tenth_ = 0;
  std::string process_;
  std::map<std::string, std::int64_t> last_;  // iterations of each benchmark
  std::chrono::steady_clock::time_point start_, shown_;
};

}  // namespace bench
