// SPDX-License-Identifier: MIT
// share and its 128-bit arithmetic: the portable functions give the same results as the native ones (P3).
#include <cstdint>
#include <limits>
#include <sstream>
#include <vector>

#include <quoit/detail/core/wide.hpp>
#include <quoit/share.hpp>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::share;
using namespace quoit::detail;

namespace {

constexpr std::uint64_t top = ~std::uint64_t{0};

// Values near carries, and random ones of every length.
std::vector<std::uint64_t> operands() {
  std::vector<std::uint64_t> values{0, 1, 2, 3, 10, top, top - 1, top / 2, top / 2 + 1, top / 3};
  for (int bit = 1; bit < 64; ++bit) {
    values.push_back((std::uint64_t{1} << bit) - 1);
    values.push_back(std::uint64_t{1} << bit);
    values.push_back((std::uint64_t{1} << bit) + 1);
  }
  test::random random(7);
  for (int i = 0; i < 64; ++i) values.push_back(random.next() >> i);
  return values;
}

static_assert(multiply_portable(top, top) == wide{top - 1, 1});
static_assert(divide_portable({1, 0}, 3) == wide{0, 0x5555555555555555U});
static_assert(divide({1, 0}, 3) == wide{0, 0x5555555555555555U});
static_assert(add({0, top}, {0, 1}) == wide{1, 0});
static_assert(subtract({1, 0}, {0, 1}) == wide{0, top});
static_assert(noexcept(share() + share()) && noexcept(share::ratio(1, 2)));

}  // namespace

TEST_CASE("P3 portable 128-bit multiplication and division equal the native ones", "[share]") {
  const auto values = operands();
  for (const std::uint64_t a : values) {
    for (const std::uint64_t b : values) {
      if (multiply(a, b) != multiply_portable(a, b)) FAIL(a << " * " << b);
      if (b == 0) continue;
      for (const std::uint64_t low : {std::uint64_t{0}, a, top}) {
        if (divide({a, low}, b) != divide_portable({a, low}, b)) FAIL(a << ':' << low << " / " << b);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("P3 portable 128-bit division is the inverse of multiplication", "[share]") {
  // quotient * divisor + remainder = value, with a remainder less than the divisor. Needs no native 128-bit integer.
  const auto values = operands();
  for (const std::uint64_t a : values) {
    for (const std::uint64_t b : values) {
      if (b == 0) continue;
      const std::uint64_t high = a % b;  // so that the quotient fits 64 bits
      const wide value{high, a * 31};
      const std::uint64_t quotient = divide_portable(value, b).low;
      const wide rest = subtract(value, multiply_portable(quotient, b));
      if (rest.high != 0 || rest.low >= b) FAIL(high << ':' << value.low << " / " << b);
      if (add(rest, multiply_portable(quotient, b)) != value) FAIL("sum");
    }
  }
  CHECK(multiply_divide(top, top, top) == top);
  CHECK(multiply_divide(7, 10, 3) == 23);
  CHECK(multiply_divide_up(7, 10, 3) == 24);
  CHECK(multiply_divide_up(6, 10, 3) == 20);
  CHECK(multiply_divide_up(top, top, top) == top);
}

TEST_CASE("share: arithmetic is exact up to and across 2^64", "[share]") {
  CHECK(share().high() == 0);
  CHECK(share().low() == 0);
  CHECK(share::whole().high() == 1);
  CHECK(share::whole().low() == 0);
  CHECK(share(top) + share(1) == share::whole());
  CHECK(share::whole() - share(1) == share(top));
  CHECK(share(1) < share(2));
  CHECK(share(top) < share::whole());
  share sum(std::uint64_t{1} << 63);
  sum += sum;
  CHECK(sum == share::whole());
  sum -= share(5);
  CHECK(sum == share(top - 4));
}

TEST_CASE("share: ratio() rounds down, and is the whole if the total is 0", "[share]") {
  CHECK(share::ratio(0, 7) == share());
  CHECK(share::ratio(1, 2) == share(std::uint64_t{1} << 63));
  CHECK(share::ratio(1, 3) == share(0x5555555555555555U));
  CHECK(share::ratio(2, 3) == share(0xaaaaaaaaaaaaaaaaU));
  CHECK(share::ratio(7, 7) == share::whole());
  CHECK(share::ratio(0, 0) == share::whole());
  CHECK(share::ratio(top - 1, top) == share(top - 1));
}

TEST_CASE("share: fraction() as a double", "[share]") {
  CHECK(share().fraction() == 0.0);
  CHECK(share::whole().fraction() == 1.0);
  CHECK(share(std::uint64_t{1} << 62).fraction() == 0.25);
  CHECK((share::whole() + share(std::uint64_t{1} << 63)).fraction() == 1.5);
}

TEST_CASE("share: text has four decimals and rounds to nearest", "[share]") {
  CHECK(to_string(share()) == "0.0000%");
  CHECK(to_string(share(1)) == "0.0000%");
  CHECK(to_string(share::whole()) == "100.0000%");
  CHECK(to_string(share::whole() - share(1)) == "100.0000%");
  CHECK(to_string(share::ratio(1, 3)) == "33.3333%");
  CHECK(to_string(share::ratio(2, 3)) == "66.6667%");
  CHECK(to_string(share::ratio(1, 8)) == "12.5000%");
  CHECK(to_string(share::ratio(1, 100)) == "1.0000%");
  CHECK(to_string(share::ratio(123456, 1000000)) == "12.3456%");
  // Half of a millionth: 2^64 / 2,000,000 rounded up is the first value that rounds up.
  CHECK(to_string(share(9223372036854)) == "0.0000%");
  CHECK(to_string(share(9223372036855)) == "0.0001%");
  CHECK(to_string(share::whole() + share::ratio(1, 2)) == "150.0000%");
  std::ostringstream out;
  out << share::ratio(1, 4);
  CHECK(out.str() == "25.0000%");
}
