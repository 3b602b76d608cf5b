// SPDX-License-Identifier: MIT
// first_finding: collects the errors that threads find. Catch2's assertions may be used by one thread only.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "support/slow.hpp"

namespace test {

/// Keeps the first error that any thread reports.
class first_finding {
 public:
  void expect(bool right, const char* what, const std::string& detail = {}) {
    if (right) return;
    const std::lock_guard lock(mutex_);
    if (text_.empty()) text_ = std::string(what) + (detail.empty() ? "" : ": " + detail);
    found_ = true;
  }
  [[nodiscard]] bool found() const noexcept { return found_.load(); }
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::atomic<bool> found_{false};
};

}  // namespace test
