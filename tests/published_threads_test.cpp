// SPDX-License-Identifier: MIT
// published with threads: versions are complete and in order, none is freed too early or too late, and no update is
// lost.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <quoit/published.hpp>
#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/kv/checks.hpp"
#include "support/kv/live_value.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using rings_type = quoit::published<quoit::ring<>>;
using test::live_value;

constexpr std::uint64_t rounds(std::uint64_t plain) { return test::thread_sanitizer ? plain / 8 : plain; }

// The change that makes version `version` from the previous one: nodes join and leave, weights change.
void change(quoit::ring<>& next, std::uint64_t version) {
  next.add("fresh-" + std::to_string(version));
  if (version > 8) next.remove("fresh-" + std::to_string(version - 6));
  next.set_weight("node-1", static_cast<std::int64_t>(version % 4));
}

}  // namespace

TEST_CASE("published: every version that a reader gets is complete, and newer than the one before",
          "[published][threads]") {
  const std::uint64_t versions = rounds(4000) + 1;
  // The expected versions, made without threads.
  std::vector<quoit::fingerprint> expected(versions + 1);
  quoit::ring<> ring = test::ring_of(4);
  expected[1] = ring.fingerprint();
  for (std::uint64_t version = 2; version <= versions; ++version) {
    change(ring, version);
    expected[version] = ring.fingerprint();
  }

  rings_type rings(test::ring_of(4));
  constexpr std::size_t readers = 4;
  std::array<std::atomic<std::uint64_t>, readers> seen{};
  std::atomic<std::uint64_t> steps{0};
  test::first_finding finding;
  const auto end = clock_type::now() + 120s;
  {
    std::vector<std::jthread> threads;
    for (std::size_t number = 0; number < readers; ++number) {
      threads.emplace_back([&, number] {
        test::random random(test::seed() + number);
        auto reader = rings.reader();
        std::array<rings_type::snapshot_type, 8> kept;
        std::uint64_t last = 0;
        while (last != versions && clock_type::now() < end && !finding.found()) {
          const quoit::ring<>& now = reader.get();
          finding.expect(reader.version() >= last, "a reader went back");
          if (reader.version() != last) ++steps;
          last = reader.version();
          finding.expect(now.fingerprint() == expected[last], "a reader's version is not the published one");
          // Old snapshots must be unchanged until their release.
          auto& place = kept[static_cast<std::size_t>(random.below(kept.size()))];
          if (place) finding.expect(place->fingerprint() == expected[place.version()], "a held snapshot changed");
          place = random.chance(2) ? rings.snapshot() : reader.snapshot();
          finding.expect(place.version() >= last, "a snapshot is older than its thread's reader");
          finding.expect(place->fingerprint() == expected[place.version()], "a snapshot is not the published version");
          seen[number] = last;
        }
        finding.expect(last == versions, "a reader does not get the newest version");
      });
    }
    threads.emplace_back([&] {
      for (std::uint64_t version = 2; version <= versions; ++version) {
        rings.update([&](quoit::ring<>& next) { change(next, version); });
        if (version % 50 != 0) continue;
        // From time to time, the writer waits for its readers, so that they get versions in between.
        for (auto& one : seen) {
          while (one < version && clock_type::now() < end && !finding.found()) std::this_thread::yield();
        }
      }
    });
  }
  CHECK(finding.text() == "");
  CHECK(steps >= readers * (versions / 50));
  CHECK(rings.version() == versions);
}

TEST_CASE("published: no update is lost among several writers", "[published][threads]") {
  constexpr std::uint64_t writers = 4;
  const std::uint64_t count = rounds(400);
  rings_type rings(quoit::ring<>(quoit::ring_options{.vnodes = 4}));
  std::atomic<std::uint64_t> writing{writers};
  test::first_finding finding;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t writer = 0; writer < writers; ++writer) {
      threads.emplace_back([&, writer] {
        auto reader = rings.reader();
        for (std::uint64_t n = 0; n < count; ++n) {
          const std::string node = std::to_string(writer) + "/" + std::to_string(n);
          const auto size = rings.update([&](quoit::ring<>& next) { return next.add(node), next.size(); });
          finding.expect(reader.get().contains_node(node), "a writer does not see its own update", node);
          finding.expect(reader.version() >= size + 1, "two versions have the same number");
        }
        --writing;
      });
    }
    threads.emplace_back([&] {
      auto reader = rings.reader();
      for (bool last = false; !last;) {
        last = writing == 0;
        const auto& now = reader.get();
        finding.expect(now.size() + 1 == reader.version(), "a version is not the previous one with one more node");
      }
    });
  }
  CHECK(finding.text() == "");
  CHECK(rings.version() == writers * count + 1);
  const auto all = rings.snapshot();
  CHECK(all->size() == writers * count);
  bool complete = true;
  for (std::uint64_t writer = 0; writer < writers; ++writer) {
    for (std::uint64_t n = 0; n < count; ++n) {
      complete = complete && all->contains_node(std::to_string(writer) + "/" + std::to_string(n));
    }
  }
  CHECK(complete);
}

TEST_CASE("published: every published version has a different number", "[published][threads]") {
  const std::uint64_t count = rounds(8000);
  quoit::published<live_value> values;
  std::mutex mutex;
  std::set<std::uint64_t> numbers;
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < 3; ++writer) {
      threads.emplace_back([&] {
        std::vector<std::uint64_t> mine;
        for (std::uint64_t n = 0; n < count; ++n) mine.push_back(values.publish(live_value(n)));
        const std::lock_guard lock(mutex);
        numbers.insert(mine.begin(), mine.end());
      });
    }
  }
  CHECK(numbers.size() == 3 * count);
  CHECK((*numbers.begin() == 2 && *numbers.rbegin() == 3 * count + 1));
  CHECK(values.version() == 3 * count + 1);
  CHECK(live_value::alive == 1);
}

TEST_CASE("published: a version is not freed while it is held, and not kept afterwards", "[published][threads]") {
  const std::uint64_t count = rounds(40'000);
  REQUIRE(live_value::alive == 0);
  std::vector<quoit::published<live_value>::snapshot_type> handed_on;
  std::mutex mutex;
  test::first_finding finding;
  {
    quoit::published<live_value> values(live_value(1));
    std::atomic<bool> done{false};
    {
      std::vector<std::jthread> threads;
      for (std::uint64_t number = 0; number < 4; ++number) {
        threads.emplace_back([&, number] {
          test::random random(test::seed() + number);
          auto reader = values.reader();
          while (!done && !finding.found()) {
            const auto& now = reader.get();
            finding.expect(now.intact() && now.number == reader.version(), "a reader holds a freed version");
            switch (random.below(6)) {
            case 0:
              reader = values.reader();
              break;
            case 1: {
              auto copy = reader;
              finding.expect(copy.get().intact() && copy.version() >= reader.version(), "a copy is broken");
              reader = std::move(copy);
              break;
            }
            case 2: {  // passes it to the next thread that takes one
              const std::lock_guard lock(mutex);
              handed_on.push_back(random.chance(2) ? values.snapshot() : reader.snapshot());
              break;
            }
            case 3: {
              quoit::published<live_value>::snapshot_type taken;
              {
                const std::lock_guard lock(mutex);
                if (handed_on.empty()) break;
                taken = std::move(handed_on.back());
                handed_on.pop_back();
              }
              finding.expect(taken->intact() && taken->number == taken.version(), "a held snapshot was freed");
              break;
            }
            default:
              break;
            }
          }
        });
      }
      for (std::uint64_t n = 0; n < count && !finding.found(); ++n) {
        values.update([](live_value& next) { ++next.number; });
        if (n % 64 == 0) std::this_thread::yield();
      }
      done = true;
    }
    CHECK(finding.text() == "");
    CHECK(values.version() == count + 1);
    handed_on.clear();
    CHECK(live_value::alive == 1);
  }
  CHECK(live_value::alive == 0);
}

TEST_CASE("published: readers that outlive it in other threads", "[published][threads]") {
  test::first_finding finding;
  for (std::uint64_t round = 0; round < rounds(400); ++round) {
    std::vector<std::jthread> threads;
    {
      quoit::published<live_value> values(live_value(1));
      for (int number = 0; number < 3; ++number) {
        threads.emplace_back([&finding, reader = values.reader()]() mutable {
          for (int n = 0; n < 50; ++n) {
            finding.expect(reader.get().intact() && reader.get().number <= 3, "a reader holds a freed version");
          }
        });
      }
      for (int n = 0; n < 2; ++n) values.update([](live_value& next) { ++next.number; });
    }
    threads.clear();
    if (live_value::alive != 0) finding.expect(false, "a version was not freed");
  }
  CHECK(finding.text() == "");
  CHECK(live_value::alive == 0);
}

TEST_CASE("published: readers carry a small count over while the writer replaces the cell", "[published][threads]") {
  // With 6 bits every 32nd acquisition carries, so readers and the writer often meet during a carry.
  using word_type = quoit::detail::published_word<live_value, 6>;
  const std::uint64_t count = rounds(8000);
  REQUIRE(live_value::alive == 0);
  test::first_finding finding;
  {
    word_type word(std::make_unique<word_type::cell>(std::uint64_t{0}));
    std::atomic<bool> done{false};
    {
      std::vector<std::jthread> threads;
      for (std::uint64_t number = 0; number < 5; ++number) {
        threads.emplace_back([&, number] {
          test::random random(test::seed() + number);
          std::vector<word_type::cell*> held;
          while (!done && !finding.found()) {
            for (auto n = random.below(200); n != 0; --n) held.push_back(word.acquire());
            for (word_type::cell* const one : held) finding.expect(one->value.intact(), "a cell was freed while held");
            while (held.size() > random.below(100)) {
              held.back()->release();
              held.pop_back();
            }
          }
          for (word_type::cell* const one : held) one->release();
        });
      }
      for (std::uint64_t n = 1; n <= count && !finding.found(); ++n) {
        word.replace(std::make_unique<word_type::cell>(n))->release();
        if (n % 16 == 0) std::this_thread::yield();
      }
      done = true;
    }
    CHECK(finding.text() == "");
    CHECK((live_value::alive == 1 && word.current().value.number == count));
  }
  CHECK(live_value::alive == 0);
}
