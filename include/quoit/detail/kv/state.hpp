// SPDX-License-Identifier: MIT
// All that a kv_map consists of, and the locks that guard it.
//
//   change_mutex       changes of nodes take turns; nobody else wants it
//   topology_mutex     shared by every operation on entries, exclusive for the moment in which entries move
//   shards' mutexes    what one node holds; by address where somebody needs several
//
// Taken in this order. Whatever an operation takes out of the map it declares before its locks, so that values, which
// are the user's code, end when all of them are released.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include <quoit/config.hpp>
#include <quoit/detail/kv/counter.hpp>
#include <quoit/detail/kv/locks.hpp>
#include <quoit/detail/kv/topology.hpp>
#include <quoit/kv_entry.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Value, class Placement>
struct kv_state {
  using topology_type = kv_topology<kv_entry<Value>, Placement>;

  kv_state(std::shared_ptr<const Placement> placement, kv_options options) : topology(std::move(placement), options) {}

  void require_no_migration() const {
    if (topology.migration() != nullptr) {
      throw_logic_error(
          "kv_map: a migration is under way; take it to its end, or stop it, before the nodes change again");
    }
  }

  std::mutex change_mutex;
  mutable writer_first_mutex topology_mutex;
  topology_type topology;
  std::atomic<std::size_t> size{0};
  std::atomic<std::size_t> copied{0};  // entries, by the migration that runs or ran last
  kv_counter counter;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
