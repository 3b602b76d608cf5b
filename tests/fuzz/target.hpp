// SPDX-License-Identifier: MIT
// The fuzz targets: each is a function of bytes that throws test::fault if the library breaks a rule.
//
//   preset fuzz     one program for each target, with libFuzzer (clang), AddressSanitizer, UndefinedBehaviorSanitizer
//   other presets   seeds_test.cpp calls all of them with the files of seeds/, with any compiler
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>

#include "support/choices.hpp"

namespace test::fuzz {

using input_bytes = std::span<const std::uint8_t>;

void adopt(input_bytes input);
void ring_operations(input_bytes input);
void slot_table_restore(input_bytes input);
void table_transition_operations(input_bytes input);
void transition_restore(input_bytes input);

/// A message names the library and what is at fault: "quoit: ring: node 'a' is unknown".
inline void check_message(const std::exception& error) {
  const std::string text = error.what();
  expect(text.find("quoit: ") == 0 && text.find(": ", 7) != text.npos && text.size() > 20,
         "a message without a subject");
}

/// For libFuzzer, to which a crash is a finding.
inline int run(void (*target)(input_bytes), input_bytes input) {
  try {
    target(input);
  } catch (const fault& rule) {
    std::fprintf(stderr, "a rule does not hold: %s\n", rule.what());
    std::abort();
  }
  return 0;
}

}  // namespace test::fuzz

#if defined(QUOIT_LIBFUZZER)
#define QUOIT_FUZZ_TARGET(name) \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    return test::fuzz::run(test::fuzz::name, {data, size}); \
  } \
  static_assert(true)
#else
#define QUOIT_FUZZ_TARGET(name) static_assert(true)
#endif
