// SPDX-License-Identifier: MIT
// Shows the demo's progress on stderr, but only on a terminal.
#pragma once

#include <cstddef>
#include <cstdio>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace demo {

class progress {
 public:
  progress() noexcept : shown_(on_terminal()) {}
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Redraws one line, at most once per per cent.
  void at(const char* what, std::size_t done, std::size_t all) const {
    if (!shown_) return;
    const int percent = all == 0 ? 100 : static_cast<int>(static_cast<double>(done) / static_cast<double>(all) * 100);
    if (percent == percent_ && what == what_) return;
    percent_ = percent;
    what_ = what;
    std::fprintf(stderr, "\r\033[K%s %d%%", what, percent);
    std::fflush(stderr);
  }

  /// Removes that line before other output.
  void clear() const {
    if (!shown_ || what_ == nullptr) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    what_ = nullptr;
  }

 private:
  static bool on_terminal() noexcept {
#if defined(_WIN32)
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
  }

  bool shown_;
  mutable int percent_ = -1;
  mutable const char* what_ = nullptr;
};

}  // namespace demo
