// SPDX-License-Identifier: MIT
// All data of a kv_map, and the locks that guard it.
//
//   change_mutex       makes changes of nodes run one after the other; no other operation takes it
//   topology_mutex     shared in every operation on entries; exclusive while entries move
//   shards' mutexes    guard the entries of a node; an operation that needs several takes them in order of addresses
//
// Lock order: as listed, top to bottom. An operation declares the objects that receive removed entries before its
// locks. So values, whose destructors are the user's code, end after the locks are released. README.md of this folder
// lists what is not allowed under which lock.
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
      throw_logic_error("kv_map: a migration is under way; finish it or stop it before you change the nodes again");
    }
  }

  std::mutex change_mutex;
  mutable writer_first_mutex topology_mutex;
  topology_type topology;
  std::atomic<std::size_t> size{0};
  std::atomic<std::size_t> copied{0};  // entries that the current or last migration copied
  kv_counter counter;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
