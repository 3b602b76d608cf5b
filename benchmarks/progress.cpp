// SPDX-License-Identifier: MIT
// Prints the progress. Nothing is printed while a measurement runs.
#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace bench {
namespace {

std::string minutes(std::chrono::steady_clock::duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  char text[32];
  std::snprintf(text, sizeof text, "%lld:%02lld", static_cast<long long>(seconds / 60),
                static_cast<long long>(seconds % 60));
  return text;
}

bool terminal() {
  const char* const type = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && type != nullptr && std::strcmp(type, "dumb") != 0;
}

}  // namespace

progress& progress::of_run() {
  static progress one;
  return one;
}

progress::progress() : on_terminal_(terminal()) {}

void progress::expect(std::size_t benchmarks, std::size_t repetitions, const std::string& process) {
  benchmarks_ = benchmarks;
  repetitions_ = repetitions;
  const auto slash = process.find('/');
  if (slash != process.npos && process != "1/1") {
    process_ = "process " + process.substr(0, slash) + " of " + process.substr(slash + 1) + ", ";
  }
  start_ = std::chrono::steady_clock::now();
}

void progress::begin(const std::string& name, std::int64_t iterations) {
  if (repetitions_ == 0) return;
  const auto [at, fresh] = last_.try_emplace(name, iterations);
  if (fresh || at->second == iterations) ++begun_;
  at->second = iterations;
  show(name);
}

void progress::show(const std::string& name) {
  const auto now = std::chrono::steady_clock::now();
  const std::size_t done = (std::min)(begun_, repetitions_);
  const std::size_t tenth = done * 10 / repetitions_;
  if (on_terminal_ ? now - shown_ < std::chrono::milliseconds(100) : tenth == tenth_) return;
  shown_ = now;
  tenth_ = tenth;
  std::string line = "quoit: " + process_ + std::to_string(done) + " of " + std::to_string(repetitions_) +
                     " repetitions of " + std::to_string(benchmarks_) + " benchmarks (" +
                     std::to_string(done * 100 / repetitions_) + "%), " + minutes(now - start_);
  if (on_terminal_) {
    // Cut to a usual terminal, because a line that wraps cannot be removed.
    line = (line + ": " + name).substr(0, 79);
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
}

void progress::end() {
  if (on_terminal_ && repetitions_ != 0) std::fputs("\r\033[K", stderr);
  repetitions_ = 0;
}

}  // namespace bench
