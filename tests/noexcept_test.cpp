// SPDX-License-Identifier: MIT
// The noexcept contract outside the rings (P6), and many readers of one const ring, which ThreadSanitizer watches.
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "support/hashes.hpp"

namespace {

using list_type = quoit::preference_list<std::string>;

// Values: nothing they do can fail.
static_assert(std::is_nothrow_copy_constructible_v<quoit::share> &&
              std::is_nothrow_default_constructible_v<quoit::share>);
static_assert(noexcept(quoit::share::ratio(1, 2)) && noexcept(quoit::share() < quoit::share()));
static_assert(noexcept(quoit::position_range().contains(1)) && noexcept(quoit::fingerprint() == quoit::fingerprint()));
static_assert(noexcept(quoit::slots<>(5).slot(1)) ==
              noexcept(quoit::slots<>(5)));  // the constructor may throw, slot() not
static_assert(noexcept(std::declval<const quoit::slots<>&>().slot(1)) && !noexcept(quoit::slots<>(5)));
static_assert(noexcept(std::declval<const quoit::modulo_circle<>&>().slot(1)) && !noexcept(quoit::modulo_circle<>(5)));
static_assert(noexcept(quoit::whole_circle::slot(1)) && noexcept(quoit::redis_slots::hash_key({})));
static_assert(noexcept(quoit::xxh3{}({}, 0)) && noexcept(quoit::xxh64{}({}, 0)) && noexcept(quoit::fnv1a{}({}, 0)));
static_assert(noexcept(quoit::mix64{}({}, 0)) && noexcept(quoit::murmur3{}({}, 0)) && noexcept(quoit::crc32{}({}, 0)));
// Moves never fail, or a vector of rings would copy them.
static_assert(std::is_nothrow_move_constructible_v<quoit::ring<>> && std::is_nothrow_move_assignable_v<quoit::ring<>>);
static_assert(std::is_nothrow_move_constructible_v<list_type> &&
              std::is_nothrow_move_constructible_v<quoit::key_groups<std::string>>);
static_assert(!std::is_nothrow_copy_constructible_v<quoit::ring<>>);
// Looking at a list.
static_assert(noexcept(std::declval<const list_type&>().size()) && noexcept(std::declval<const list_type&>().begin()));
static_assert(noexcept(std::declval<const list_type&>()[0]) && noexcept(std::declval<const list_type&>().front()));
static_assert(noexcept(*list_type::iterator()) && noexcept(++std::declval<list_type::iterator&>()));
// Statistics of what is there.
static_assert(noexcept(std::declval<const quoit::balance<std::string>&>().max_over_mean()));
static_assert(noexcept(std::declval<const quoit::balance<std::string>&>().coefficient_of_variation()));
// What allocates does not promise.
static_assert(!noexcept(list_type(9)) && !noexcept(quoit::ring<>()) && !noexcept(to_string(quoit::share())));

}  // namespace

TEST_CASE("P6 a const ring answers many threads at once", "[threads]") {
  quoit::ring<> ring({.vnodes = 64});
  for (int i = 0; i < 20; ++i) ring.add("node-" + std::to_string(i), {.domain = "d" + std::to_string(i % 3)});
  const quoit::ring<>& shared = ring;
  std::vector<std::string> keys, expected;
  for (int i = 0; i < 500; ++i) {
    keys.push_back("key-" + std::to_string(i));
    expected.push_back(shared.owner(keys.back()));
  }
  std::atomic<int> wrong{0}, done{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 8; ++reader) {
    readers.emplace_back([&] {
      std::array<const std::string*, 12> room{};
      for (int round = 0; round < 5; ++round) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
          if (*shared.find(keys[i]) != expected[i]) ++wrong;
          if (shared.replicas(keys[i], room, quoit::spread::domains) != 12) ++wrong;
          if (shared.replicas(keys[i], 3).front() != expected[i]) ++wrong;
        }
        if (shared.partition_by_owner(keys).size() > 20 || shared.owners(keys).size() != 500) ++wrong;
        if (shared.arcs().size() != 20 * 64 || shared.fingerprint() == quoit::fingerprint() ||
            shared.nodes().size() != 20)
          ++wrong;
        if (!quoit::diff(shared, shared).empty() || quoit::balance_of(shared).size() != 20) ++wrong;
      }
      ++done;
    });
  }
  for (auto& reader : readers) reader.join();
  CHECK(done == 8);
  CHECK(wrong == 0);
}
