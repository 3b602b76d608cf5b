// SPDX-License-Identifier: MIT
// Random numbers that are the same on every machine. A failing test prints the seed; QUOIT_TEST_SEED sets it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <utility>

#include "support/slow.hpp"

namespace test {

/// The environment variable QUOIT_TEST_SEED, or a fixed number.
inline std::uint64_t seed() {
  const char* const text = std::getenv("QUOIT_TEST_SEED");
  return text == nullptr || *text == '\0' ? 20240229U : std::strtoull(text, nullptr, 0);
}

/// The number of random cases: `few` under an emulator or a sanitizer, where every step is slow, otherwise `many`.
constexpr std::uint64_t random_cases(std::uint64_t few, std::uint64_t many) { return slow ? few : many; }

/// A random number generator. Rejected: std::uniform_int_distribution and std::shuffle, whose results depend on the
/// standard library.
class random {
 public:
  explicit random(std::uint64_t seed_value) : engine_(seed_value) {}
  std::uint64_t next() { return engine_(); }
  /// 0 … bound - 1. The bias of the remainder does not matter here.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  /// The same as an index or a count, whose type may have fewer than 64 bits.
  std::size_t index(std::size_t bound) { return static_cast<std::size_t>(below(bound)); }
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }
  template <class List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[index(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace test

/// Put it at the begin of a random test: a failure then prints how to repeat it.
#define QUOIT_INFO_SEED() INFO("repeat with QUOIT_TEST_SEED=" << ::test::seed())
