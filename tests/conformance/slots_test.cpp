// SPDX-License-Identifier: MIT
// The conformance suite of slot_policy: slots below count(), and hashes_below equal to counting.
#include <cmath>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/slots.hpp>

#include "catch2.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"

using slot_policies = std::tuple<quoit::slots<1>, quoit::slots<1000>, quoit::slots<>, quoit::modulo_circle<97>,
                                 quoit::modulo_circle<1009, 97>, quoit::modulo_circle<>, quoit::redis_slots,
                                 test::high_bits, test::uneven>;

namespace {

template <class Slots>
Slots make() {
  if constexpr (std::is_same_v<Slots, quoit::slots<>>) return Slots(12345);
  else if constexpr (std::is_same_v<Slots, quoit::modulo_circle<>>) return Slots(54321, 12345);
  else return Slots();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("P3 slot policy: models the concept", "[slots]", slot_policies) {
  STATIC_REQUIRE(quoit::slot_policy<TestType>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<const TestType&>().slot(0)), std::uint64_t>);
  CHECK(!std::string(make<TestType>().name()).empty());
  CHECK(make<TestType>().count() > 0);
}

TEMPLATE_LIST_TEST_CASE("slot policy: every hash has a slot below count", "[slots]", slot_policies) {
  const TestType policy = make<TestType>();
  test::random random(11);
  for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, ~std::uint64_t{0} - 1}) {
    REQUIRE(policy.slot(hash) < policy.count());
  }
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t hash = random.next();
    REQUIRE(policy.slot(hash) < policy.count());
    REQUIRE(policy.slot(hash) == policy.slot(hash));
  }
}

TEMPLATE_LIST_TEST_CASE("slot policy: widths are those counted on a sample and sum to the whole", "[slots]",
                        slot_policies) {
  const TestType policy = make<TestType>();
  const auto below = [&](std::uint64_t slot) { return quoit::detail::hashes_below(policy, slot); };
  CHECK(below(0) == quoit::share());
  CHECK(below(policy.count()) == quoit::share::whole());
  quoit::share last;
  for (std::uint64_t slot = 1; slot <= policy.count(); ++slot) {
    REQUIRE(below(slot) > last);  // no empty slot among these
    last = below(slot);
  }
  // 2^20 hashes at equal distances, in steps that share no factor with any count: within one step a slot, and at most
  // one round of a modulo circle, of the exact width.
  constexpr std::uint64_t step = (std::uint64_t{1} << 44) + 1, samples = std::uint64_t{1} << 20;
  std::vector<std::uint64_t> counted(static_cast<std::size_t>(policy.count()));
  for (std::uint64_t i = 0; i < samples; ++i) ++counted[static_cast<std::size_t>(policy.slot(i * step))];
  for (std::uint64_t slot = 0; slot < policy.count(); slot += 1 + policy.count() / 100) {
    const double exact = (below(slot + 1) - below(slot)).fraction() * static_cast<double>(samples);
    // Poisson would allow the square root; a lattice is far more even.
    REQUIRE(std::abs(static_cast<double>(counted[static_cast<std::size_t>(slot)]) - exact) <= 6 * std::sqrt(exact) + 2);
  }
}
