// SPDX-License-Identifier: MIT
// published with one thread: which version a reader gets, when a version is freed, and that failures change nothing.
#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/published.hpp>
#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/kv/checks.hpp"
#include "support/kv/live_value.hpp"

namespace {

using rings_type = quoit::published<quoit::ring<>>;
using reader_type = rings_type::reader_type;
using snapshot_type = rings_type::snapshot_type;
using test::live_value;

// A copy of the newest value.
template <class T>
T value_in(const quoit::published<T>& all) {
  const auto now = all.snapshot();
  return *now;
}

// Reading never throws.
static_assert(noexcept(std::declval<const rings_type&>().reader()) &&
              noexcept(std::declval<const rings_type&>().version()));
static_assert(noexcept(std::declval<const rings_type&>().snapshot()));
static_assert(noexcept(std::declval<reader_type&>().get()) && noexcept(std::declval<reader_type&>().refresh()));
static_assert(noexcept(std::declval<const reader_type&>().held()) &&
              noexcept(std::declval<const reader_type&>().version()));
static_assert(noexcept(std::declval<const reader_type&>().snapshot()));
static_assert(noexcept(*std::declval<const snapshot_type&>()) &&
              noexcept(std::declval<const snapshot_type&>()->size()));
static_assert(noexcept(std::declval<const snapshot_type&>().version()));
static_assert(std::is_nothrow_copy_constructible_v<reader_type> && std::is_nothrow_move_constructible_v<reader_type>);
static_assert(std::is_nothrow_copy_assignable_v<reader_type> && std::is_nothrow_move_assignable_v<reader_type>);
static_assert(std::is_nothrow_copy_constructible_v<snapshot_type> &&
              std::is_nothrow_move_constructible_v<snapshot_type>);
static_assert(std::is_nothrow_copy_assignable_v<snapshot_type> && std::is_nothrow_move_assignable_v<snapshot_type>);
static_assert(std::is_nothrow_default_constructible_v<snapshot_type>);
static_assert(!std::is_copy_constructible_v<rings_type> && !std::is_move_constructible_v<rings_type>);
// Readers get a const value.
static_assert(std::is_same_v<decltype(std::declval<reader_type&>().get()), const quoit::ring<>&>);
static_assert(std::is_same_v<decltype(*std::declval<snapshot_type&>()), const quoit::ring<>&>);
// A snapshot has the size of one pointer, a reader of three.
static_assert(sizeof(snapshot_type) == sizeof(void*) && sizeof(reader_type) == 3 * sizeof(void*));

struct no_default {
  explicit no_default(int n) : number(n) {}
  int number;
};

// For the failure of the copy in update(), which a ring cannot produce on demand.
struct fails_to_copy {
  fails_to_copy() = default;
  fails_to_copy(const fails_to_copy&) { throw std::runtime_error("copy"); }
  fails_to_copy(fails_to_copy&&) noexcept = default;
};

template <class Published>
void set(Published& values, std::uint64_t number) {
  values.update([&](live_value& next) { next.number = number; });
}

}  // namespace

TEST_CASE("published: a reader gets the newest version, a snapshot keeps its version", "[published]") {
  rings_type rings(test::ring_of(3));
  auto reader = rings.reader();
  const auto first = rings.snapshot();
  CHECK(reader.get().size() == 3);
  CHECK(first->size() == 3);
  CHECK((reader.version() == 1 && first.version() == 1 && rings.version() == 1));
  CHECK_FALSE(reader.refresh());

  rings.update([](quoit::ring<>& next) { next.add("newcomer"); });
  CHECK(rings.version() == 2);
  CHECK((reader.version() == 1 && reader.held().size() == 3));  // it has not called get() since
  CHECK(reader.get().size() == 4);
  CHECK(reader.version() == 2);
  CHECK((first.version() == 1 && first->size() == 3 && !first->contains_node("newcomer")));
  CHECK(*first == test::ring_of(3));

  CHECK(rings.publish(test::ring_of(9)) == 3);
  CHECK(reader.refresh());
  CHECK_FALSE(reader.refresh());
  CHECK((reader.held().size() == 9 && reader.version() == 3));
  const auto newest = rings.snapshot();
  CHECK(&reader.get() == &*newest);  // the same object, not a copy
  auto another = rings.reader();
  CHECK(&reader.get() == &another.get());
}

TEST_CASE("published: a reader may miss versions, but never the newest one", "[published]") {
  quoit::published<int> numbers(1);
  auto eager = numbers.reader(), lazy = numbers.reader();
  for (int n = 2; n <= 1000; ++n) {
    CHECK(numbers.publish(n) == static_cast<std::uint64_t>(n));
    CHECK(eager.get() == n);
    CHECK(eager.version() == static_cast<std::uint64_t>(n));
  }
  CHECK(lazy.get() == 1000);
  CHECK(lazy.version() == 1000);
}

TEST_CASE("published: a version is freed exactly at its last release", "[published]") {
  REQUIRE(live_value::alive == 0);
  {
    quoit::published<live_value> values(live_value(1));
    CHECK(live_value::alive == 1);
    set(values, 2);
    CHECK(live_value::alive == 1);  // no reader held version 1

    auto one = values.reader(), two = values.reader();
    set(values, 3);
    CHECK(live_value::alive == 2);
    CHECK(one.get().number == 3);
    CHECK(live_value::alive == 2);  // the other reader still holds version 2
    CHECK((two.held().number == 2 && two.held().intact()));
    CHECK(two.get().number == 3);
    CHECK(live_value::alive == 1);  // now both hold version 3

    auto snapshot = values.snapshot();
    set(values, 4);
    CHECK((one.refresh() && two.refresh()));
    CHECK(live_value::alive == 2);
    auto copy = snapshot;
    snapshot = {};
    CHECK_FALSE(snapshot);
    CHECK(live_value::alive == 2);
    CHECK((copy->number == 3 && copy->intact()));
    copy = values.snapshot();
    CHECK(live_value::alive == 1);

    {
      const auto short_lived = values.reader();
      set(values, 5);
      CHECK((one.refresh() && two.refresh()));
      copy = {};
      CHECK(live_value::alive == 2);
    }
    CHECK(live_value::alive == 1);  // the end of a reader is a release, too
  }
  CHECK(live_value::alive == 0);
}

TEST_CASE("published: readers and snapshots may outlive it", "[published]") {
  std::optional<quoit::published<live_value>> values(std::in_place, live_value(7));
  auto snapshot = values->snapshot();
  set(*values, 8);
  std::optional reader(values->reader());
  set(*values, 9);
  values.reset();
  CHECK(live_value::alive == 3);  // the snapshot's version, the reader's, and the last
  CHECK((snapshot->number == 7 && snapshot->intact()));
  CHECK((reader->held().number == 8 && reader->held().intact()));
  CHECK((reader->get().number == 9 && reader->get().intact()));
  CHECK_FALSE(reader->refresh());
  CHECK(live_value::alive == 2);
  const auto last = reader->snapshot();
  snapshot = {};
  reader.reset();
  CHECK((last->number == 9 && last.version() == 3));
  CHECK(live_value::alive == 1);
}

TEST_CASE("published: snapshots are copied, moved and compared", "[published]") {
  quoit::published<live_value> values(live_value(1));
  quoit::published<live_value>::snapshot_type nothing;
  CHECK((!nothing && nothing.version() == 0 && nothing == nothing));
  auto a = values.snapshot();
  const auto b = a;
  CHECK((a && a == b && a == values.snapshot() && !(a == nothing)));
  const auto c = std::move(a);
  CHECK((!a && c == b));  // NOLINT: a moved-from snapshot holds nothing
  a = c;
  CHECK(a == c);
  auto& self = a;
  a = self;
  CHECK(a == c);
  a = std::move(self);
  CHECK(a == c);
  values.publish(live_value(1));
  CHECK_FALSE(a == values.snapshot());  // an equal value, but another version
  CHECK(live_value::alive == 2);
  std::vector<quoit::published<live_value>::snapshot_type> many(100, a);
  many.resize(1000, values.snapshot());
  CHECK(live_value::alive == 2);
  CHECK((many.front()->number == 1 && many.back().version() == 2));
}

TEST_CASE("published: readers are copied and moved", "[published]") {
  quoit::published<live_value> values(live_value(1)), others(live_value(100));
  auto reader = values.reader();
  auto copy = reader;
  set(values, 2);
  CHECK(copy.get().number == 2);
  CHECK(reader.held().number == 1);  // an independent reader
  auto moved = std::move(reader);
  CHECK(moved.held().number == 1);
  CHECK(moved.get().number == 2);
  CHECK(live_value::alive == 2);
  reader = others.reader();  // a moved-from reader may be assigned to, also from another published
  CHECK(reader.get().number == 100);
  reader = std::move(moved);
  CHECK(reader.get().number == 2);
  set(values, 3);
  copy = reader;
  CHECK(copy.held().number == 2);
  CHECK((copy.get().number == 3 && reader.get().number == 3));
  CHECK(live_value::alive == 2);
}

TEST_CASE("published: update returns what the change returns", "[published]") {
  rings_type rings(test::ring_of(2));
  static_assert(std::is_void_v<decltype(rings.update([](quoit::ring<>& next) { next.add("a"); }))>);
  const auto done = rings.update([](quoit::ring<>& next) { return next.assign({{"node-0"}, {"node-7"}}); });
  CHECK(done == quoit::assign_result{1, 1, 0});
  // By value, because a reference would refer to a version that another writer may replace.
  static_assert(std::is_same_v<std::string, decltype(rings.update([](quoit::ring<>& next) -> const std::string& {
                                 return next.owner("key");
                               }))>);
  const auto owned = rings.update([](auto& next) { return std::make_unique<std::size_t>(next.size()); });
  CHECK(*owned == 2);
  CHECK(rings.version() == 3);
}

TEST_CASE("published: update_if publishes only if the change returns true", "[published]") {
  rings_type rings(test::ring_of(2));
  const auto before = rings.snapshot();
  const auto assign = [&](int nodes) {
    const auto wanted = test::ring_of(nodes);
    return rings.update_if([&](auto& next) { return next.assign(wanted.nodes()) != quoit::assign_result{}; });
  };
  CHECK_FALSE(assign(2));
  CHECK(rings.snapshot() == before);
  CHECK(assign(3));
  CHECK((rings.version() == 2 && value_in(rings).size() == 3));
  CHECK_FALSE(rings.update_if([](auto& next) { return next.add("lost"), false; }));
  CHECK((rings.version() == 2 && !value_in(rings).contains_node("lost")));
}

TEST_CASE("published: a change that throws publishes nothing", "[published]") {
  rings_type rings(test::ring_of(3));
  auto reader = rings.reader();
  const auto half_done = [](quoit::ring<>& next) {
    next.add("half");
    next.add("node-1");  // throws: the node exists
  };
  CHECK_THROWS_AS(rings.update(half_done), std::invalid_argument);
  CHECK_THROWS_AS(rings.update_if([&](auto& next) { return half_done(next), true; }), std::invalid_argument);
  CHECK_THROWS_AS(rings.update([](auto&) { throw 42; }), int);
  CHECK_FALSE(reader.refresh());
  CHECK(value_in(rings) == test::ring_of(3));
  CHECK(rings.version() == 1);
  rings.update([](auto& next) { next.add("whole"); });  // the mutex is released
  CHECK((reader.get().size() == 4 && reader.version() == 2));

  quoit::published<fails_to_copy> never;
  CHECK_THROWS_AS(never.update([](auto&) {}), std::runtime_error);
  CHECK_THROWS_AS(never.update_if([](auto&) { return true; }), std::runtime_error);
  CHECK(never.version() == 1);
  CHECK(never.publish({}) == 2);
}

TEST_CASE("published: a failed allocation changes nothing", "[published]") {
  rings_type rings(test::ring_of(3));
  auto reader = rings.reader();
  const auto when_it_succeeds = [&](const auto& write) {
    const std::uint64_t version = rings.version();
    const quoit::ring<> before = value_in(rings);
    for (std::size_t n = 0;; ++n) {
      try {
        const test::failing_allocations failing(n);
        write();
        return n;
      } catch (const std::bad_alloc&) {
      }
      CHECK((rings.version() == version && !reader.refresh() && reader.get() == before));
    }
  };
  CHECK(when_it_succeeds([&] { rings.update([](auto& next) { next.add("newcomer"); }); }) > 2);
  CHECK((reader.get().contains_node("newcomer") && reader.version() == 2));
  CHECK(when_it_succeeds([&] { rings.update_if([](auto& next) { return next.remove("newcomer"), true; }); }) > 2);
  CHECK((!reader.get().contains_node("newcomer") && reader.version() == 3));
  auto whole = test::ring_of(5);
  CHECK(when_it_succeeds([&] { rings.publish(whole); }) > 1);
  CHECK((reader.get() == whole && reader.version() == 4));

  quoit::published<live_value> values;
  CHECK(live_value::alive == 1);
  for (std::size_t n = 0, built = 0; built == 0; ++n) {
    try {
      const test::failing_allocations failing(n);
      const quoit::published<live_value> more;
      built = n;
    } catch (const std::bad_alloc&) {
    }
    CHECK(live_value::alive == 1);
  }
}

TEST_CASE("published: reading does not allocate", "[published]") {
  rings_type rings(test::ring_of(3));
  auto reader = rings.reader();
  for (int n = 0; n < 100; ++n) {
    rings.update([&](auto& next) { next.add("more-" + std::to_string(n)); });
    const auto before = test::allocations();
    const auto snapshot = rings.snapshot();
    const auto copy = snapshot;
    auto another = rings.reader();
    const bool fresh = reader.refresh() && !another.refresh();
    const bool same = &reader.get() == &*copy && rings.version() == reader.version();
    const auto kept = reader.snapshot();
    CHECK(test::allocations() == before);
    CHECK((fresh && same && kept == copy));
  }
}

TEST_CASE("published: readers do not wait for a busy writer", "[published]") {
  // These reads are in the writer's own thread, during its change: a read that waits would wait forever.
  rings_type rings(test::ring_of(3));
  auto reader = rings.reader();
  rings.update([&](auto& next) {
    next.add("newcomer");
    auto another = rings.reader();
    CHECK_FALSE(reader.refresh());
    CHECK((reader.get().size() == 3 && value_in(rings).size() == 3 && another.get().size() == 3));
    CHECK(rings.version() == 1);
  });
  CHECK(reader.get().size() == 4);
}

TEST_CASE("published: more holders than the range of the count", "[published]") {
  // The word has 14 bits for the count. At half of their range, acquisitions are carried over to the cell.
  constexpr std::size_t many = 300'000;
  REQUIRE(live_value::alive == 0);
  {
    quoit::published<live_value> values(live_value(1));
    std::vector<quoit::published<live_value>::snapshot_type> held;
    held.reserve(many);
    for (std::size_t n = 0; n < many; ++n) held.push_back(values.snapshot());
    bool all = true;
    for (const auto& one : held) all = all && one->number == 1 && one->intact();
    CHECK(all);
    const bool last_first = GENERATE(false, true);
    const bool replaced_early = GENERATE(false, true);
    if (replaced_early) set(values, 2);
    for (std::size_t n = 0; n + 1 < many; ++n) held[last_first ? many - 1 - n : n] = {};
    if (!replaced_early) set(values, 2);
    CHECK(live_value::alive == 2);
    auto& last = last_first ? held.front() : held.back();
    CHECK((last->number == 1 && last->intact()));
    last = {};
    CHECK(live_value::alive == 1);

    // As many again, but only one at a time.
    for (std::size_t n = 0; n < many; ++n) static_cast<void>(values.snapshot());
    CHECK((live_value::alive == 1 && value_in(values).intact()));
    set(values, 3);
    CHECK((live_value::alive == 1 && value_in(values).number == 3));
  }
  CHECK(live_value::alive == 0);
}

TEST_CASE("published: the count carries at every point of a small range", "[published]") {
  // With 6 bits, half the range is 32. Tries all numbers of acquisitions, released before and after the replacement.
  using word_type = quoit::detail::published_word<live_value, 6>;
  for (int taken = 0; taken < 300; ++taken) {
    for (int early = 0; early <= taken; early += 1 + taken / 7) {
      {
        word_type word(std::make_unique<word_type::cell>(std::uint64_t{1}));
        std::vector<word_type::cell*> held;
        for (int n = 0; n < taken; ++n) held.push_back(word.acquire());
        for (int n = 0; n < early; ++n) held[static_cast<std::size_t>(n)]->release();
        REQUIRE(live_value::alive == 1);
        word.replace(std::make_unique<word_type::cell>(std::uint64_t{2}))->release();
        REQUIRE(live_value::alive == (early == taken ? 1 : 2));
        for (int n = early; n < taken; ++n) {
          REQUIRE((live_value::alive == 2 && held[static_cast<std::size_t>(n)]->value.intact()));
          held[static_cast<std::size_t>(n)]->release();
        }
        REQUIRE(live_value::alive == 1);
      }
      REQUIRE(live_value::alive == 0);
    }
  }
}

TEST_CASE("published: the alignment of a value may be greater than its cell's", "[published]") {
  // Uses the core directly: g++ notes that passing such a value to a function was different before its version 4.6.
  const auto check = [](auto aligned) {
    using type = typename decltype(aligned)::element_type;
    using word_type = quoit::detail::published_word<type>;
    word_type word(std::make_unique<typename word_type::cell>());
    for (int n = 0; n < 10; ++n) {
      auto* const held = word.acquire();
      CHECK(reinterpret_cast<std::uintptr_t>(&held->value) % alignof(type) == 0);
      word.replace(std::make_unique<typename word_type::cell>())->release();
      held->value.bytes[99] = 'x';
      held->release();
    }
  };
  struct alignas(256) wide {
    std::array<char, 100> bytes{};
  };
  struct alignas(1 << 17) wider_than_the_count {
    std::array<char, 100> bytes{};
  };
  check(std::unique_ptr<wide>());
  check(std::unique_ptr<wider_than_the_count>());
}

TEST_CASE("published: values of several types", "[published]") {
  quoit::published text(std::string("initial"));
  text.update([](std::string& next) { next += ", changed"; });
  CHECK(value_in(text) == "initial, changed");
  CHECK(value_in(text).size() == 16);

  quoit::published<std::unique_ptr<int>> unique(std::make_unique<int>(1));  // not copyable, so only publish() compiles
  CHECK(unique.publish(std::make_unique<int>(2)) == 2);
  const auto two = unique.snapshot();
  CHECK(**two == 2);

  quoit::published<no_default> built(no_default(5));
  built.update([](no_default& next) { ++next.number; });
  const auto now = built.reader();
  CHECK(now.held().number == 6);
  built.update([](no_default next) { ++next.number; });  // changes a copy of the copy
  CHECK((value_in(built).number == 6 && built.version() == 3));
  CHECK(built.update(&no_default::number) == 6);

  quoit::published<quoit::ring<std::int64_t, quoit::xxh64, quoit::slots<128>>> numbers;
  numbers.update([](auto& next) { next.add(-5); });
  auto latest = numbers.reader();
  CHECK(latest.get().owner(17) == -5);
}
