// SPDX-License-Identifier: MIT
// The noexcept guarantees outside of the placements (P6). The compiler checks all of them.
#include <string>
#include <type_traits>
#include <utility>

#include <quoit/ring.hpp>
#include <quoit/stats.hpp>

namespace {

using list_type = quoit::preference_list<std::string>;

// Value types: no operation can fail.
static_assert(std::is_nothrow_copy_constructible_v<quoit::share> &&
              std::is_nothrow_default_constructible_v<quoit::share>);
static_assert(noexcept(quoit::share::ratio(1, 2)) && noexcept(quoit::share() < quoit::share()));
static_assert(noexcept(quoit::position_range().contains(1)) && noexcept(quoit::fingerprint() == quoit::fingerprint()));
static_assert(noexcept(quoit::slots<>(5).slot(1)) ==
              noexcept(quoit::slots<>(5)));  // the constructor may throw; slot() may not
static_assert(noexcept(std::declval<const quoit::slots<>&>().slot(1)) && !noexcept(quoit::slots<>(5)));
static_assert(noexcept(std::declval<const quoit::modulo_circle<>&>().slot(1)) && !noexcept(quoit::modulo_circle<>(5)));
static_assert(noexcept(quoit::whole_circle::slot(1)) && noexcept(quoit::redis_slots::hash_key({})));
static_assert(noexcept(quoit::xxh3{}({}, 0)) && noexcept(quoit::xxh64{}({}, 0)) && noexcept(quoit::fnv1a{}({}, 0)));
static_assert(noexcept(quoit::mix64{}({}, 0)) && noexcept(quoit::murmur3{}({}, 0)) && noexcept(quoit::crc32{}({}, 0)));
// Moves are noexcept; otherwise a growing vector of rings would copy them.
static_assert(std::is_nothrow_move_constructible_v<quoit::ring<>> && std::is_nothrow_move_assignable_v<quoit::ring<>>);
static_assert(std::is_nothrow_move_constructible_v<list_type> &&
              std::is_nothrow_move_constructible_v<quoit::key_groups<std::string>>);
static_assert(!std::is_nothrow_copy_constructible_v<quoit::ring<>>);
// Reading a list.
static_assert(noexcept(std::declval<const list_type&>().size()) && noexcept(std::declval<const list_type&>().begin()));
static_assert(noexcept(std::declval<const list_type&>()[0]) && noexcept(std::declval<const list_type&>().front()) &&
              noexcept(std::declval<const list_type&>().back()));
static_assert(noexcept(*list_type::iterator()) && noexcept(++std::declval<list_type::iterator&>()));
// Statistics.
static_assert(noexcept(std::declval<const quoit::balance<std::string>&>().max_over_mean()));
static_assert(noexcept(std::declval<const quoit::balance<std::string>&>().coefficient_of_variation()));
// Functions that allocate are not noexcept.
static_assert(!noexcept(list_type(9)) && !noexcept(quoit::ring<>()) && !noexcept(to_string(quoit::share())));

}  // namespace
