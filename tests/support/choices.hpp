// SPDX-License-Identifier: MIT
// choices: the decisions of a test that is run with random numbers or by a fuzzer. fault: what such a test throws if a
// rule does not hold, so that neither depends on Catch2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/random.hpp"

namespace test {

/// A rule that does not hold. The message says which.
struct fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void expect(bool holds, const char* rule) {
  if (!holds) throw fault(rule);
}
inline void expect(bool holds, const char* rule, std::uint64_t where) {
  if (!holds) throw fault(rule + (": " + std::to_string(where)));
}

/// Where decisions come from.
class choices {
 public:
  choices() = default;
  choices(const choices&) = delete;
  choices& operator=(const choices&) = delete;
  virtual ~choices() = default;

  /// 0 … bound - 1.
  virtual std::uint64_t below(std::uint64_t bound) = 0;
  /// Whether there are more decisions than those made.
  virtual bool more() const = 0;

  std::size_t index(std::size_t bound) { return static_cast<std::size_t>(below(bound)); }
  std::uint32_t number(std::uint32_t bound) { return static_cast<std::uint32_t>(below(bound)); }
  bool chance(std::uint64_t one_in) { return below(one_in) == one_in - 1; }
  template <class List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[index(i)]);
  }
};

/// Random decisions, without end.
class random_choices final : public choices {
 public:
  explicit random_choices(std::uint64_t seed_value) : random_(seed_value) {}
  std::uint64_t below(std::uint64_t bound) override { return random_.below(bound); }
  bool more() const override { return true; }

 private:
  random random_;
};

/// The bytes of a fuzzer: one for each decision, two or more if there are more than 256 possibilities. After the last
/// byte each decision is 0.
class byte_choices final : public choices {
 public:
  explicit byte_choices(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  std::uint64_t below(std::uint64_t bound) override {
    std::uint64_t value = 0;
    for (std::uint64_t most = bound - 1; most != 0; most >>= 8) value = value << 8 | next();
    return value % bound;
  }
  bool more() const override { return !rest_.empty(); }

  /// As many bytes as are left, at most `count`, as text.
  std::string text(std::size_t count) {
    std::string result;
    while (result.size() < count && more()) result += static_cast<char>(next());
    return result;
  }

 private:
  std::uint8_t next() {
    if (rest_.empty()) return 0;
    const std::uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }

  std::span<const std::uint8_t> rest_;
};

}  // namespace test
