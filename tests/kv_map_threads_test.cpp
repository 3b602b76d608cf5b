// SPDX-License-Identifier: MIT
// A kv_map with threads: no write is lost, no read goes backwards, and no wake-up is missed, while nodes join, leave
// and fail.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <ratio>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <quoit/kv_map.hpp>

#include "catch2.hpp"
#include "support/kv/checks.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using number_map = quoit::kv_map<std::uint64_t>;

constexpr std::uint64_t rounds(std::uint64_t plain) { return test::thread_sanitizer ? plain / 8 : plain; }

// A waiter that is not woken gives up after this time. The tests end long before.
constexpr auto too_long = 20s;

// Waits in other threads while `act` runs in this one. Checks that the waiters were woken, and returns their result.
quoit::kv_index woken_by(number_map& map, const std::function<void()>& act) {
  const auto seen = map.index();
  quoit::kv_index by_deadline = 0, by_stop = 0;
  const auto start = clock_type::now();
  {
    std::jthread first([&] { by_deadline = map.wait_past(seen, start + too_long); });
    std::jthread second([&](const std::stop_token& stop) { by_stop = map.wait_past(seen, stop); });
    std::jthread watchdog([&](const std::stop_token& done) {
      while (!done.stop_requested() && clock_type::now() < start + too_long) std::this_thread::sleep_for(1ms);
      if (!done.stop_requested()) second.request_stop();
    });
    // Usually both waiters sleep after this. The test of missed wake-ups is about waiters that do not sleep yet.
    std::this_thread::sleep_for(10ms);
    act();
    first.join();
    second.join();
  }
  CHECK(clock_type::now() - start < too_long);
  CHECK(by_deadline == by_stop);
  return by_deadline;
}

// Nodes join, leave, fail and change their weight. At most one copy of a key is lost at a time.
void change_nodes(number_map& map, std::uint64_t step, test::first_finding& finding) {
  const std::string fresh = "fresh-" + std::to_string(step), old = "fresh-" + std::to_string(step - 2);
  const auto note = [&](const auto& report) { finding.expect(report.lost.empty(), "a change of nodes lost keys"); };
  note(map.join(fresh));
  if (step >= 2) note(step % 2 == 0 ? map.fail(old) : map.leave(old));
  if (step % 5 == 0) note(map.set_weight("node-1", 1 + static_cast<std::int64_t>(step % 3)));
  if (step % 7 == 0) {
    auto next = *map.placement_now();
    next.set_weight("node-2", 2 - static_cast<std::int64_t>(step % 2));
    note(map.rehome(std::move(next)));
  }
}

}  // namespace

TEST_CASE("kv_map: wait_past returns at once if the index is past already", "[kv_map][threads]") {
  number_map map(test::ring_of(3));
  const auto start = clock_type::now();
  map.put("key", 1);
  map.put("key", 2);
  std::stop_source stop;
  CHECK(map.wait_past(0, stop.get_token()) == 2);
  CHECK(map.wait_past(1, start + too_long) == 2);
  CHECK(map.wait_past(2, clock_type::now() - 1s) == 2);
  CHECK(map.wait_past(2, std::chrono::system_clock::now() - 1h) == 2);
  stop.request_stop();
  CHECK(map.wait_past(2, stop.get_token()) == 2);
  CHECK(map.wait_past(999'999, stop.get_token()) == 2);
  CHECK(clock_type::now() - start < too_long);
}

TEST_CASE("kv_map: wait_past ends at its deadline", "[kv_map][threads]") {
  number_map map(test::ring_of(3));
  map.put("key", 1);
  const auto deadline = clock_type::now() + 20ms;
  CHECK(map.wait_past(1, deadline) == 1);
  CHECK(clock_type::now() >= deadline);
  // As in Consul, waiting for an index that is too great takes the whole time and returns a smaller index.
  const auto later = std::chrono::system_clock::now() + 20ms;
  CHECK(map.wait_past(999'999, later) == 1);
  CHECK(std::chrono::system_clock::now() >= later);
}

TEST_CASE("kv_map: wait_past takes a duration, too", "[kv_map][threads]") {
  number_map map(test::ring_of(3));
  map.put("key", 1);
  const auto start = clock_type::now();
  CHECK(map.wait_past(1, 5ms) == 1);
  CHECK(clock_type::now() - start >= 5ms);
  CHECK(map.wait_past(1, std::chrono::duration<double, std::micro>(0.5)) == 1);
  CHECK(map.wait_past(1, 0s) == 1);
  CHECK(map.wait_past(1, -1h) == 1);
  CHECK(map.wait_past(1, std::chrono::hours::min()) == 1);
  CHECK(map.wait_past(0, std::chrono::hours::max()) == 1);  // nothing to wait for
  // The longest durations of any type do not overflow.
  quoit::kv_index hours = 0, seconds = 0;
  {
    std::jthread first([&] { hours = map.wait_past(1, std::chrono::hours::max()); });
    std::jthread second([&] { seconds = map.wait_past(1, std::chrono::duration<double>::max()); });
    std::this_thread::sleep_for(10ms);
    map.put("key", 2);
  }
  CHECK(hours == 2);
  CHECK(seconds == 2);
  CHECK(clock_type::now() - start < too_long);
}

namespace {

// A clock that ends soon: its times are 16-bit seconds.
struct short_clock {
  using duration = std::chrono::duration<std::int16_t>;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<short_clock>;
  static constexpr bool is_steady = false;
  static time_point now() noexcept { return time_point(duration(32'700)); }
};

// Calls wait_past() for a change that another thread makes 10 ms later. Returns whether the call waited for it.
bool waits_for(const auto& time_or_deadline) {
  number_map map(test::ring_of(3));
  map.put("key", 1);
  const auto start = clock_type::now();
  quoit::kv_index seen = 0;
  {
    std::jthread waiter([&] { seen = map.wait_past(1, time_or_deadline); });
    std::this_thread::sleep_for(10ms);
    map.put("key", 2);
  }
  CHECK(clock_type::now() - start < too_long);
  return seen == 2;
}

// Calls wait_past() for a change that never comes. Returns whether the call returned at once.
bool is_over(const auto& time_or_deadline) {
  number_map map(test::ring_of(3));
  map.put("key", 1);
  std::atomic<bool> returned = false;
  std::jthread waiter([&] { returned = map.wait_past(1, time_or_deadline) == 1; });
  for (const auto start = clock_type::now(); !returned && clock_type::now() - start < 2s;) std::this_thread::yield();
  const bool result = returned;
  map.put("key", 2);  // ends the thread in any case
  return result;
}

template <class Rep>
constexpr std::chrono::duration<Rep> seconds_of(Rep count) {
  return std::chrono::duration<Rep>(count);
}

}  // namespace

TEST_CASE("kv_map: wait_past with a time that is no number, or that is over, returns at once", "[kv_map][threads]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  CHECK(is_over(seconds_of(nan)));
  CHECK(is_over(seconds_of(-nan)));
  CHECK(is_over(seconds_of(-infinite)));
  CHECK(is_over(seconds_of(std::numeric_limits<double>::lowest())));
  CHECK(is_over(seconds_of(-1e-300)));
  CHECK(is_over(seconds_of(0.0)));
  CHECK(is_over(seconds_of(std::numeric_limits<float>::quiet_NaN())));
  CHECK(is_over(seconds_of(-std::numeric_limits<float>::infinity())));
  CHECK(is_over(seconds_of(std::numeric_limits<long double>::quiet_NaN())));
  CHECK(is_over(seconds_of(std::numeric_limits<long double>::lowest())));
  CHECK(is_over(std::chrono::nanoseconds::min()));
  CHECK(is_over(std::chrono::duration<std::int64_t, std::ratio<1, 3>>::min()));
  CHECK(is_over(std::chrono::duration<std::int64_t, std::atto>(1)));
  // Deadlines.
  using exact = std::chrono::time_point<clock_type, std::chrono::duration<double>>;
  CHECK(is_over(exact(seconds_of(nan))));
  CHECK(is_over(exact(seconds_of(-infinite))));
  CHECK(is_over(clock_type::time_point::min()));
  CHECK(is_over(std::chrono::system_clock::time_point::min()));
  CHECK(is_over(std::chrono::time_point<std::chrono::system_clock, std::chrono::hours>::min()));
  CHECK(is_over(short_clock::time_point::min()));
  CHECK(is_over(short_clock::now()));
}

TEST_CASE("kv_map: wait_past with an endless or huge time waits for a change", "[kv_map][threads]") {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  CHECK(waits_for(seconds_of(infinite)));
  CHECK(waits_for(seconds_of(std::numeric_limits<float>::infinity())));
  CHECK(waits_for(seconds_of(std::numeric_limits<long double>::infinity())));
  CHECK(waits_for(seconds_of((std::numeric_limits<long double>::max)())));
  CHECK(waits_for(seconds_of(3.2e9)));
  CHECK(waits_for(std::chrono::nanoseconds::max()));
  CHECK(waits_for(std::chrono::duration<std::uint64_t, std::pico>::max()));
  CHECK(waits_for(std::chrono::duration<std::int64_t, std::ratio<1, 3>>(9'000'000'000)));  // 95 years
  CHECK(waits_for(std::chrono::duration<std::int64_t, std::exa>(1)));
  CHECK(waits_for(std::chrono::duration<std::int8_t, std::ratio<3600>>(100)));
  // Deadlines.
  using exact = std::chrono::time_point<clock_type, std::chrono::duration<double>>;
  CHECK(waits_for(exact(seconds_of(infinite))));
  CHECK(waits_for(exact::max()));
  CHECK(waits_for(clock_type::time_point::max()));
  CHECK(waits_for(std::chrono::system_clock::time_point::max()));
  CHECK(waits_for(std::chrono::time_point<std::chrono::system_clock, std::chrono::hours>::max()));
  CHECK(waits_for(std::chrono::time_point<clock_type, std::chrono::duration<std::int64_t, std::ratio<1, 7>>>::max()));
  CHECK(waits_for(std::chrono::time_point<short_clock, std::chrono::hours>::max()));
  CHECK(waits_for(short_clock::time_point::max()));
}

TEST_CASE("kv_map: wait_past ends when a stop is requested", "[kv_map][threads]") {
  number_map map(test::ring_of(3));
  const auto start = clock_type::now();
  quoit::kv_index returned = 7;
  {
    std::jthread waiter([&](const std::stop_token& stop) { returned = map.wait_past(0, stop); });
    std::this_thread::sleep_for(10ms);
  }
  CHECK(returned == 0);
  CHECK(clock_type::now() - start < too_long);
}

TEST_CASE("kv_map: wait_past is woken by every change", "[kv_map][threads]") {
  number_map map(test::ring_of(4), {.replicas = 2});
  CHECK(woken_by(map, [&] { map.put("key", 1); }) == 1);
  CHECK(woken_by(map, [&] { map.put("key", 1); }) == 2);  // also with an equal value
  CHECK(woken_by(map, [&] { map.cas("key", 2, 2); }) == 3);
  CHECK(woken_by(map, [&] { map.cas("new", 2, 0); }) == 4);
  CHECK(woken_by(map, [&] { map.update("new", [](const std::uint64_t* now) { return *now + 1; }); }) == 5);
  CHECK(woken_by(map, [&] { map.erase("key"); }) == 6);
  CHECK(woken_by(map, [&] { map.erase("new", 5); }) == 7);
  map.put("dir/x", 1);
  map.put("dir/y", 1);
  CHECK(woken_by(map, [&] { map.erase_prefix("dir/"); }) == 10);
  map.put("key", 1);
  const std::vector<std::string> all = {"node-0", "node-1", "node-2", "node-3"};
  CHECK(woken_by(map, [&] { map.fail_all(all); }) == 12);  // a lost key is a change, too
}

TEST_CASE("kv_map: calls that change nothing do not end wait_past", "[kv_map][threads]") {
  number_map map(test::ring_of(4), {.replicas = 2});
  map.put("key", 1);
  const auto deadline = clock_type::now() + 60ms;
  quoit::kv_index returned = 0;
  clock_type::time_point end;
  {
    std::jthread waiter([&] {
      returned = map.wait_past(1, deadline);
      end = clock_type::now();
    });
    for (int n = 0; clock_type::now() < deadline; ++n) {
      static_cast<void>(map.get("key"));
      static_cast<void>(map.list());
      static_cast<void>(map.keys("", "/"));
      map.cas("key", 2, 0);
      map.cas("key", 2, 99);
      map.cas("missing", 2, 99);
      map.erase("key", 0);
      map.erase("missing");
      map.erase_prefix("missing");
      if (n < 5)
        map.join("new"), map.leave("node-" + std::to_string(n % 2)), map.join("node-" + std::to_string(n % 2)),
            map.fail("new");
    }
  }
  CHECK(returned == 1);
  CHECK(end >= deadline);
}

TEST_CASE("kv_map: wait_past misses no wake-up", "[kv_map][threads]") {
  // Each of two threads waits for the other's write. After one missed wake-up, both would sleep forever.
  number_map map(test::ring_of(3));
  const std::uint64_t count = rounds(8000);
  std::stop_source stop;
  std::atomic<std::uint64_t> progress{0};
  test::first_finding finding;
  {
    std::jthread ping([&] {
      for (std::uint64_t n = 0; n < count && !finding.found(); ++n) {
        const auto mine = map.put("ping", n);
        finding.expect(mine == 2 * n + 1, "a put has an unexpected index");
        finding.expect(map.wait_past(mine, stop.get_token()) == mine + 1, "ping was not woken", std::to_string(n));
        ++progress;
      }
    });
    std::jthread pong([&] {
      for (std::uint64_t n = 0; n < count && !finding.found(); ++n) {
        finding.expect(map.wait_past(2 * n, stop.get_token()) == 2 * n + 1, "pong was not woken", std::to_string(n));
        map.erase_prefix(n % 3 == 0 ? "ping" : "p");  // always erases, and wakes the other thread
      }
    });
    std::jthread watchdog([&](const std::stop_token& done) {
      std::uint64_t last = 0;
      for (auto since = clock_type::now(); !done.stop_requested(); std::this_thread::sleep_for(1ms)) {
        if (progress != last) last = progress, since = clock_type::now();
        if (clock_type::now() - since > too_long) stop.request_stop();
      }
    });
    ping.join();
    stop.request_stop();  // ends pong if ping gave up
    pong.join();
  }
  CHECK(finding.text() == "");
  CHECK(progress == count);
}

TEST_CASE("kv_map: every thread that follows the index sees the last write", "[kv_map][threads]") {
  number_map map(test::ring_of(3), {.replicas = 2});
  const std::uint64_t count = rounds(16000);
  const auto end = clock_type::now() + too_long;
  test::first_finding finding;
  {
    std::vector<std::jthread> followers;
    for (int n = 0; n < 3; ++n) {
      followers.emplace_back([&] {
        for (quoit::kv_index seen = 0; seen < count;) {
          const auto now = map.wait_past(seen, end);
          finding.expect(now > seen, "a follower saw no change");
          if (now <= seen) return;
          const auto entry = map.get("key");
          finding.expect(entry && entry->modify_index >= now, "the map is older than its index");
          seen = now;
        }
      });
    }
    for (std::uint64_t n = 0; n < count; ++n) map.put("key", n);
  }
  CHECK(finding.text() == "");
  CHECK(clock_type::now() < end);
}

TEST_CASE("kv_map: increments add up while nodes change", "[kv_map][threads]") {
  const auto replicas = GENERATE(as<std::size_t>{}, 2, 3);
  number_map map(test::ring_of(4), {.replicas = replicas});
  const std::uint64_t count = rounds(2400);
  constexpr std::uint64_t writers = 3;
  std::atomic<std::uint64_t> conflicts{0};
  test::first_finding finding;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t writer = 0; writer < writers; ++writer) {
      threads.emplace_back([&, writer] {
        for (std::uint64_t n = 0; n < count; ++n) {
          const std::string key = "counter-" + std::to_string(n % 4);
          if ((n + writer) % 2 == 0) {
            map.update(key, [](const std::uint64_t* now) { return now == nullptr ? 1 : *now + 1; });
            continue;
          }
          for (;;) {
            const auto now = map.get(key);
            const auto result = now ? map.cas(key, now->value + 1, now->modify_index) : map.cas(key, 1, 0);
            if (result) break;
            ++conflicts;
            finding.expect(!(result == quoit::kv_outcome::absent), "a counter vanished");
            finding.expect(!now || !(result == quoit::kv_outcome::exists), "exists for a cas that was not create-only");
            finding.expect(result.index > (now ? now->modify_index : 0), "an older write caused the refusal");
          }
        }
      });
    }
    threads.emplace_back([&] {
      for (std::uint64_t step = 0; step < rounds(160); ++step) change_nodes(map, step, finding);
    });
  }
  CHECK(finding.text() == "");
  std::uint64_t sum = 0;
  for (const auto& item : map.list("counter-")) sum += item.entry.value;
  CHECK(sum == writers * count);
  CHECK(map.index() == writers * count);  // every successful write took one index, and refused ones took none
  CHECK(map.size() == 4);
  CHECK(test::broken_kv_invariant(map, {.replicas = replicas}) == "");
  INFO(conflicts.load() << " conflicts");
}

TEST_CASE("kv_map: a read gives at least the last finished and at most the newest begun write", "[kv_map][threads]") {
  const auto replicas = GENERATE(as<std::size_t>{}, 2, 3);
  QUOIT_INFO_SEED();
  number_map map(test::ring_of(4), {.replicas = replicas});
  constexpr std::size_t key_count = 24, writers = 2;
  struct progress {
    std::atomic<std::uint64_t> begun{0}, finished{0};
  };
  std::array<progress, key_count> keys{};
  std::vector<std::string> names;
  // Every third key is erased from time to time. The others are never erased.
  const auto comes_and_goes = [](std::size_t key) { return key % 3 == 0; };
  for (std::size_t key = 0; key < key_count; ++key) {
    names.push_back((comes_and_goes(key) ? "goes/" : "stays/") + std::string(1, static_cast<char>('a' + key)));
    keys[key].begun = keys[key].finished = 1;
    map.put(names[key], 1);
  }
  std::atomic<std::size_t> writing{writers};
  std::atomic<std::uint64_t> reads{0}, changes{0};
  test::first_finding finding;
  {
    std::vector<std::jthread> threads;
    for (std::size_t writer = 0; writer < writers; ++writer) {
      threads.emplace_back([&, writer] {
        test::random random(test::seed() + writer);
        for (std::uint64_t n = 0; n < rounds(6000); ++n) {
          const std::size_t key =
              static_cast<std::size_t>(random.below(key_count / writers)) * writers + writer;  // its own
          const std::uint64_t version = keys[key].begun + 1;
          keys[key].begun = version;
          const auto now = map.get(names[key]);
          finding.expect(!now || now->value == version - 1, "a writer cannot see its own write", names[key]);
          if (comes_and_goes(key) && random.chance(4)) {
            finding.expect(map.erase(names[key]) == now.has_value(), "an erase has a wrong result", names[key]);
          } else {
            finding.expect(comes_and_goes(key) || now.has_value(), "a key was lost", names[key]);
            const auto index = map.put(names[key], version, version);
            finding.expect(!now || index > now->modify_index, "an index went backwards", names[key]);
          }
          keys[key].finished = version;
        }
        --writing;
      });
    }
    for (std::uint64_t reader = 0; reader < 2; ++reader) {
      threads.emplace_back([&, reader] {
        test::random random(test::seed() + 100 + reader);
        std::array<std::uint64_t, key_count> last_version{};
        std::array<quoit::kv_index, key_count> last_index{};
        const auto look = [&](std::size_t key, const quoit::kv_entry<std::uint64_t>& entry, std::uint64_t floor) {
          const auto ceiling = keys[key].begun.load();
          finding.expect(entry.value >= floor && entry.value <= ceiling,
                         "a read is older than finished or newer than begun", names[key]);
          finding.expect(entry.value >= last_version[key] && entry.modify_index >= last_index[key],
                         "a read went backwards", names[key]);
          finding.expect(entry.value == 1 || entry.flags == entry.value, "an entry is a mixture of two", names[key]);
          finding.expect(entry.modify_index <= map.index(), "an entry is newer than the map's index", names[key]);
          last_version[key] = entry.value, last_index[key] = entry.modify_index;
        };
        while (writing != 0 && !finding.found()) {
          ++reads;
          if (random.chance(8)) {
            std::array<std::uint64_t, key_count> floor{};
            for (std::size_t key = 0; key < key_count; ++key) floor[key] = keys[key].finished;
            const auto items = map.list();
            std::size_t staying = 0;
            for (std::size_t i = 0; i < items.size(); ++i) {
              finding.expect(i == 0 || items[i - 1].key < items[i].key, "a list is not sorted");
              const auto key = static_cast<std::size_t>(items[i].key.back() - 'a');
              staying += comes_and_goes(key) ? 0U : 1U;
              look(key, items[i].entry, floor[key]);
            }
            finding.expect(staying == key_count - key_count / 3, "a list lacks keys");
          } else if (random.chance(8)) {
            finding.expect(map.keys("stays/").size() == key_count - key_count / 3, "keys() lacks keys");
            finding.expect(map.keys("", "/").back() == "stays/", "keys() with a separator lacks keys");
          } else {
            const auto key = static_cast<std::size_t>(random.below(key_count));
            const auto floor = keys[key].finished.load();
            const auto entry = map.get(names[key]);
            finding.expect(entry.has_value() || comes_and_goes(key), "a key is missing", names[key]);
            if (entry) look(key, *entry, floor);
          }
        }
      });
    }
    threads.emplace_back([&] {  // follows the index, like a watcher
      for (quoit::kv_index seen = 0; writing != 0 && !finding.found();) {
        const auto now = map.wait_past(seen, clock_type::now() + 5ms);
        finding.expect(now >= seen, "the index went backwards");
        seen = now;
      }
    });
    threads.emplace_back([&] {
      for (std::uint64_t step = 0; writing != 0 && !finding.found(); ++step, ++changes)
        change_nodes(map, step, finding);
    });
  }
  CHECK(finding.text() == "");
  CHECK(reads > 0);
  CHECK(changes > 0);
  CHECK(map.size() == map.list().size());
  CHECK(map.size() == map.keys().size());
  for (const auto& item : map.list())
    CHECK(item.entry.value == keys[static_cast<std::size_t>(item.key.back() - 'a')].finished);
  CHECK(test::broken_kv_invariant(map, {.replicas = replicas}) == "");
}

TEST_CASE("kv_map: a change of nodes gets its turn although readers never pause", "[kv_map][threads]") {
  // The change waits for running operations and blocks new ones. A lock that prefers readers would let new ones in.
  number_map map(test::ring_of(4), {.replicas = 2});
  map.put("key", 1);
  const auto end = clock_type::now() + 10s;
  std::atomic<bool> done{false};
  std::atomic<int> reading{0};
  std::uint64_t joined = 0;
  {
    std::vector<std::jthread> readers;
    for (int reader = 0; reader < 8; ++reader) {
      readers.emplace_back([&] {
        for (std::uint64_t n = 0; !done && clock_type::now() < end; ++n) {
          static_cast<void>(map.find("key"));
          if (n == 100) ++reading;
        }
      });
    }
    while (reading < 8 && clock_type::now() < end) std::this_thread::yield();
    for (; joined < 30 && clock_type::now() < end; ++joined) map.join("fresh-" + std::to_string(joined));
    done = true;
  }
  CHECK(joined == 30);
  CHECK(clock_type::now() < end);
}

TEST_CASE("kv_map: a tree is erased atomically", "[kv_map][threads]") {
  // The tree is written from front to back and erased at once. So every list has a front part of it, without holes.
  number_map map(test::ring_of(5), {.replicas = 2});
  std::vector<std::string> tree;
  for (char c = 'a'; c <= 'h'; ++c) tree.push_back(std::string("tree/") + c);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> partial{0};
  test::first_finding finding;
  {
    std::vector<std::jthread> threads;
    for (int reader = 0; reader < 2; ++reader) {
      threads.emplace_back([&, reader] {
        while (!done && !finding.found()) {
          std::vector<std::string> seen;
          std::uint64_t previous = 0;
          if (reader == 0) {
            for (const auto& item : map.list("tree/")) {
              seen.push_back(item.key);
              finding.expect(item.entry.modify_index > previous, "a list mixes two points in time");
              previous = item.entry.modify_index;
            }
          } else {
            seen = map.keys("tree/");
          }
          finding.expect(seen.size() <= tree.size() && std::equal(seen.begin(), seen.end(), tree.begin()),
                         "a tree with a hole");
          if (!seen.empty() && seen.size() < tree.size()) ++partial;
        }
      });
    }
    threads.emplace_back([&] {
      for (std::uint64_t step = 0; !done && !finding.found(); ++step) {
        change_nodes(map, step, finding);
        std::this_thread::sleep_for(1ms);
      }
    });
    for (std::uint64_t n = 0; n < rounds(1600); ++n) {
      for (const std::string& key : tree) map.put(key, n);
      finding.expect(map.erase_prefix("tree/") == tree.size(), "erase_prefix() did not erase all keys");
    }
    done = true;
  }
  CHECK(finding.text() == "");
  CHECK(partial > 0);
  CHECK(map.index() == rounds(1600) * (tree.size() + 1));
  CHECK(map.empty());
}

TEST_CASE("kv_map: writers of different keys share nodes", "[kv_map][threads]") {
  // Keys of several writers share nodes: as the primary of one key, and as the second or third node of another. The
  // nodes do not change, because a change would order the writers, and hide a missing lock from ThreadSanitizer.
  number_map map(test::ring_of(3), {.replicas = 2});
  test::first_finding finding;
  std::atomic<std::size_t> writing{3};
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < 3; ++writer) {
      std::vector<std::string> names;
      for (char key = '0'; key < '8'; ++key) names.push_back(std::string{key, '/', static_cast<char>('0' + writer)});
      threads.emplace_back([&, names] {
        for (std::uint64_t n = 0; n < rounds(1600); ++n) {
          for (const std::string& name : names) map.put(name, n);
          for (const std::string& name : names) {
            const auto entry = map.find(name);
            finding.expect(entry != nullptr && entry->value == n, "a key has another value than written", name);
            if (n + 1 < rounds(1600)) finding.expect(map.erase(name), "a key to erase is missing", name);
          }
        }
        --writing;
      });
    }
    threads.emplace_back([&] {
      while (writing != 0) {
        static_cast<void>(map.find("0/0"));
        finding.expect(map.list().size() <= 24, "a list has too many keys");
      }
    });
  }
  CHECK(finding.text() == "");
  CHECK(map.size() == 24);
  CHECK(map.index() == 3 * 8 * (2 * rounds(1600) - 1));
  CHECK(test::broken_kv_invariant(map, {.replicas = 2}) == "");
}

TEST_CASE("kv_map: writers of one key end with equal copies", "[kv_map][threads]") {
  number_map map(test::ring_of(4), {.replicas = 3});
  const std::uint64_t count = rounds(4000);
  test::first_finding finding;
  std::atomic<std::uint64_t> created{0}, erased{0};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t writer = 0; writer < 3; ++writer) {
      threads.emplace_back([&, writer] {
        for (std::uint64_t n = 0; n < count; ++n) {
          const std::string key = "key-" + std::to_string(n % 3);
          if (n % 4 == writer) erased += map.erase(key) ? 1U : 0U;
          else if (n % 4 == 3) created += map.cas(key, n, 0) ? 1U : 0U;
          else map.update(key, [](const std::uint64_t* now) { return now == nullptr ? 0 : *now + 1; });
        }
      });
    }
  }
  CHECK(finding.text() == "");
  CHECK(created > 0);
  CHECK(erased > 0);
  CHECK(map.size() == map.list().size());
  CHECK(test::broken_kv_invariant(map, {.replicas = 3}) == "");
}
