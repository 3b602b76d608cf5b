// SPDX-License-Identifier: MIT
// Shows the demo's progress on stderr, but only on a terminal.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

#include "terminal.hpp"

namespace demo {

class progress {
 public:
  progress() : where_(terminal::of(terminal::stream::errors)) {}
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Redraws one line, at most once per per cent.
  void at(const char* what, std::size_t done, std::size_t all) const {
    if (!where_.there) return;
    const int percent = all == 0 ? 100 : static_cast<int>(static_cast<double>(done) / static_cast<double>(all) * 100);
    if (percent == percent_ && what == what_) return;
    percent_ = percent;
    what_ = what;
    erase();
    const std::string line =
        cut(what, where_.width > 10 ? where_.width - 6 : 4, where_.dots()) + ' ' + std::to_string(percent) + '%';
    shown_ = columns_of(line);
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
  }

  /// Removes that line before other output.
  void clear() const {
    if (!where_.there || what_ == nullptr) return;
    erase();
    std::fflush(stderr);
    what_ = nullptr;
  }

 private:
  // Without colours there is no escape sequence at all: spaces replace the line.
  void erase() const {
    if (where_.colours) std::fputs("\r\033[K", stderr);
    else std::fprintf(stderr, "\r%s\r", std::string(shown_, ' ').c_str());
    shown_ = 0;
  }

  terminal where_;
  mutable std::size_t shown_ = 0;  // columns of the line that is there
  mutable int percent_ = -1;
  mutable const char* what_ = nullptr;
};

}  // namespace demo
