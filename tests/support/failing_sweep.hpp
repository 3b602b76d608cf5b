// SPDX-License-Identifier: MIT
// Lets every single allocation of a call fail, and compares the object before and after.
#pragma once

#include <cstddef>
#include <new>
#include <string>

#include "allocations.hpp"
#include "catch2.hpp"

namespace test {

/// For n = 0, 1, …: makes an object, lets the n-th allocation of `act(object)` fail, and requires that an exception
/// leaves state(object) as it was, that the call then works, and that no block is leaked. Once the n-th allocation
/// alone fails, and once all later ones, too. Returns the number of allocations of the call.
///   make() -> object        state(const object&) -> comparable text        act(object&)
template <class Make, class State, class Act>
std::size_t every_allocation_fails(const char* what, const Make& make, const State& state, const Act& act) {
  INFO(what);
  const std::string before = state(make());
  const std::string after = [&] {
    auto object = make();
    act(object);
    return state(object);
  }();
  std::size_t tried = 0;
  for (const std::size_t how_many : {std::size_t{1}, ~std::size_t{0}}) {
    bool failed = true;
    for (std::size_t n = 0; failed; ++n) {
      INFO("allocation " << n << (how_many == 1 ? " alone" : " and all later ones"));
      const char* wrong = nullptr;  // no assertion in between: Catch2 allocates, too
      const std::size_t blocks_before = blocks();
      {
        auto object = make();
        bool thrown = false;
        {
          const failing_allocations failing(n, how_many);
          try {
            act(object);
          } catch (const std::bad_alloc&) {
            thrown = true;
          }
          failed = failing.failed();
        }
        if (thrown) {
          if (state(object) != before) wrong = "the object changed, although the call threw";
          else act(object);
        }
        if (wrong == nullptr && state(object) != after) wrong = "the call worked, but its result is another one";
      }
      if (wrong == nullptr && blocks() != blocks_before) wrong = "a block is leaked";
      if (wrong != nullptr) FAIL(wrong);
      if (failed) ++tried;
    }
  }
  return tried / 2;
}

/// The same for a function of nothing, such as a const member or a constructor: it must not leak, and must give the
/// same text in the end.
template <class Act>
std::size_t every_allocation_fails(const char* what, const Act& result) {
  return every_allocation_fails(
      what, [] { return std::string(); }, [](const std::string& text) { return text; },
      [&](std::string& text) { text = result(); });
}

}  // namespace test
