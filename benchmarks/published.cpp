// SPDX-License-Identifier: MIT
// How much slower is a ring that may change at any time than a const one?
//
//   published_access     access to the ring, and reading one number of it: the cost of the check itself
//   published_lookup     a lookup by 64-bit hash without changes
//   published_changing   the same while another thread adds or removes a node 1,000 times a second
//
//   plain ring           a const ring; with changes, the writer works on another ring, which has no readers
//   reader               published_reader::get() before every lookup
//   snapshot             published::snapshot() for every lookup: the cost that a reader saves
//   shared_mutex, atomic<shared_ptr>   the alternatives without published
//
// Times are processor time of the reading thread only. A change moves the whole ring to new memory, which the reader
// then has to fetch. Most of the difference in the last table is due to that, and not to published.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif

#include <quoit/hash.hpp>
#include <quoit/published.hpp>

#include "suite.hpp"

namespace bench {
namespace {

using ring_type = quoit::ring<>;

// For measurements the whole program is pinned to one core. A writer on the same core would not run beside its readers.
void leave_this_core([[maybe_unused]] std::thread& thread, [[maybe_unused]] int core) {
#if defined(__linux__)
  cpu_set_t others;
  CPU_ZERO(&others);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (cpu != core) CPU_SET(static_cast<std::size_t>(cpu), &others);
  }
  static_cast<void>(pthread_setaffinity_np(thread.native_handle(), sizeof others, &others));  // no-op on one core
#endif
}

int this_core() {
#if defined(__linux__)
  return sched_getcpu();
#else
  return -1;
#endif
}

// Calls `change` 1,000 times a second during its lifetime.
class writer {
 public:
  explicit writer(std::function<void(ring_type&)> edit,
                  std::function<void(const std::function<void(ring_type&)>&)> apply)
      : thread_([this, edit = std::move(edit), apply = std::move(apply)] {
          using namespace std::chrono_literals;
          for (auto next = std::chrono::steady_clock::now(); !done_; std::this_thread::sleep_until(next += 1ms)) {
            apply(edit);
            ++changes_;
          }
        }) {
    leave_this_core(thread_, this_core());
  }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer() {
    done_ = true;
    thread_.join();
  }
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

 private:
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> changes_{0};
  std::thread thread_;
};

// Ways to share a ring. A thread reads through the function that look(use) returns. A writer changes the ring through
// update().
struct plain {
  static constexpr const char* name = "plain ring";
  explicit plain(const ring_type& ring) : ring_(ring), unread_(ring) {}
  template <class Use>
  [[nodiscard]] auto look(Use use) const {
    return [this, use](std::uint64_t key) { return use(ring_, key); };
  }
  void update(const std::function<void(ring_type&)>& edit) {
    auto next = unread_;
    edit(next);
    unread_ = std::move(next);
  }
  const ring_type ring_;
  ring_type unread_;
};

struct by_reader {
  static constexpr const char* name = "reader";
  explicit by_reader(const ring_type& ring) : rings_(ring) {}
  template <class Use>
  [[nodiscard]] auto look(Use use) const {
    return [reader = rings_.reader(), use](std::uint64_t key) mutable { return use(reader.get(), key); };
  }
  void update(const std::function<void(ring_type&)>& edit) { rings_.update(edit); }
  quoit::published<ring_type> rings_;
};

struct by_snapshot : by_reader {
  static constexpr const char* name = "snapshot";
  using by_reader::by_reader;
  template <class Use>
  [[nodiscard]] auto look(Use use) const {
    return [this, use](std::uint64_t key) {
      const auto now = rings_.snapshot();
      return use(*now, key);
    };
  }
};

struct by_mutex {
  static constexpr const char* name = "shared_mutex";
  explicit by_mutex(const ring_type& ring) : ring_(ring) {}
  template <class Use>
  [[nodiscard]] auto look(Use use) const {
    return [this, use](std::uint64_t key) {
      const std::shared_lock lock(mutex_);
      return use(ring_, key);
    };
  }
  void update(const std::function<void(ring_type&)>& edit) {
    auto next = ring_;  // there is only one writer, so the copy needs no lock
    edit(next);
    const std::unique_lock lock(mutex_);
    std::swap(ring_, next);
  }
  mutable std::shared_mutex mutex_;
  ring_type ring_;
};

#if defined(__cpp_lib_atomic_shared_ptr)
struct by_shared_pointer {
  static constexpr const char* name = "atomic<shared_ptr>";
  explicit by_shared_pointer(const ring_type& ring) : ring_(std::make_shared<const ring_type>(ring)) {}
  template <class Use>
  [[nodiscard]] auto look(Use use) const {
    return [this, use](std::uint64_t key) { return use(*ring_.load(), key); };
  }
  void update(const std::function<void(ring_type&)>& edit) {
    auto next = std::make_shared<ring_type>(*ring_.load());
    edit(*next);
    ring_.store(std::move(next));
  }
  std::atomic<std::shared_ptr<const ring_type>> ring_;
};
#endif

void change_one(ring_type& ring) {
  if (ring.contains_node("newcomer")) ring.remove("newcomer");
  else ring.add("newcomer");
}

template <class Shared>
void add_one(const suite& suite, const size& size) {
  const auto access = [](const ring_type& ring, std::uint64_t) { return ring.vnode_count(); };
  const auto find = [](const ring_type& ring, std::uint64_t key) {
    return ring.find(quoit::key_hash{quoit::splitmix64(key)});
  };
  const auto run = [=](benchmark::State& state, const auto& use, bool changing) {
    Shared shared(rings_of(size).quoit.ring());
    std::unique_ptr<writer> beside;
    if (changing) beside = std::make_unique<writer>(change_one, [&](const auto& edit) { shared.update(edit); });
    auto look = shared.look(use);
    std::uint64_t key = 0;
    const auto start = std::chrono::steady_clock::now();
    for (auto _ : state) benchmark::DoNotOptimize(look(++key));
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (changing) state.counters["changes/s"] = static_cast<double>(beside->changes()) / time.count();
  };
  const std::string row = size.row();
  suite.add("published_access", row, Shared::name, [=](benchmark::State& state) { run(state, access, false); });
  suite.add("published_lookup", row, Shared::name, [=](benchmark::State& state) { run(state, find, false); });
  suite.add("published_changing", row, Shared::name, [=](benchmark::State& state) { run(state, find, true); })
      ->MinTime(suite.min_time * 4);  // a hundred changes at least
}

}  // namespace

void add_published(const suite& suite) {
  const size size{64, 160};
  add_one<plain>(suite, size);
  add_one<by_reader>(suite, size);
  add_one<by_snapshot>(suite, size);
  add_one<by_mutex>(suite, size);
#if defined(__cpp_lib_atomic_shared_ptr)
  add_one<by_shared_pointer>(suite, size);
#endif
}

}  // namespace bench
