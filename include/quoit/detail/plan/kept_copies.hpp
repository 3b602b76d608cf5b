// SPDX-License-Identifier: MIT
// Reads from the options which nodes are locked and which copies must stay, and refuses what contradicts.
//
//   options     .locked   .pinned_copies   .pinned   ─▶   by node: locked      by cell of the old table: must stay
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/node.hpp>
#include <quoit/node_id.hpp>
#include <quoit/plan_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// What messages that are about one table call it, and which of its slots and copies may be pinned.
struct table_label {
  std::string name = "plan";
  std::string_view pinnable = "of the table only";
};

template <class Spec>
class kept_copies {
 public:
  struct request {
    std::span<const Spec> before, after;         // nodes in id order
    std::span<const std::uint32_t> rank_before;  // by number of the node: its rank in `before`, or none
    std::span<const std::uint32_t> rank_after;   // by number of the node: its rank in `after`, or none
    std::span<const std::uint64_t> weights;      // by number of the node
    const std::vector<bool>& gone;               // by number of the node
    cell_rows old;
    const std::vector<bool>& pinned_slots;
    const table_label& label;
  };

  // Throws what plan() throws. `options.replicas` must be set.
  kept_copies(const request& what, const plan_options& options)
      : what_(what), replicas_(options.replicas), locked_(what.weights.size(), false),
        kept_(what.old.cells.size(), false) {
    for (const node_id& id : options.locked) lock(id);
    for (const pinned_copy& copy : options.pinned_copies) pin(copy);
    for (std::size_t p = 0; p < what_.old.slots(); ++p) {
      const auto row = what_.old[p];
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool stays = row[i] != none && !what_.gone[row[i]] && (locked_[row[i]] || what_.pinned_slots[p]);
        if (stays) kept_[cell(p, i)] = true;
      }
    }
    if (!options.locked.empty() || !options.pinned_copies.empty()) check_slots(options.locked);
  }

  // By node.
  [[nodiscard]] const std::vector<bool>& locked() const& noexcept { return locked_; }
  // By cell of the old table. Lost copies do not stay.
  [[nodiscard]] const std::vector<bool>& kept() const& noexcept { return kept_; }
  const std::vector<bool>& locked() const&& = delete;
  const std::vector<bool>& kept() const&& = delete;

 private:
  [[nodiscard]] std::size_t cell(std::size_t slot, std::size_t i) const noexcept { return slot * what_.old.width + i; }

  // The number of the node that `what` names, such as "'a' is locked". It must be in the list, with a weight.
  [[nodiscard]] std::size_t number_of(const node_id& id, const std::string& what, const std::string& undo) const {
    const std::uint32_t after = find_node_id(what_.after, id, node_of_spec);
    if (after == none) {
      if (find_node_id(what_.before, id, node_of_spec) != none) {
        throw_invalid_argument("plan: " + what +
                               ", but the list of nodes does not name it, so that its copies are "
                               "lost; add it to the list, or " +
                               undo);
      }
      throw_invalid_argument("plan: " + what + ", but there is no such node; name a node of the list, or " + undo);
    }
    const auto number = static_cast<std::size_t>(std::find(what_.rank_after.begin(), what_.rank_after.end(), after) -
                                                 what_.rank_after.begin());
    if (what_.weights[number] == 0) {
      throw_invalid_argument("plan: " + what +
                             ", but its weight is 0, so that it gives up all its copies; give it a "
                             "weight above 0, or " +
                             undo);
    }
    return number;
  }

  void lock(const node_id& id) {
    const std::size_t number = number_of(id, quoted(id) + " is locked", "do not lock it");
    if (locked_[number]) throw_invalid_argument("plan: " + quoted(id) + " is locked twice; name it once");
    locked_[number] = true;
  }

  void pin(const pinned_copy& copy) {
    const std::string what =
        "the copy of slot " + std::to_string(copy.slot) + " on " + quoted(copy.node) + " is pinned";
    if (copy.slot >= what_.old.slots()) {
      throw_invalid_argument(what_.label.name + ": " + what + ", but there are only " +
                             std::to_string(what_.old.slots()) + " slots; pin copies " +
                             std::string(what_.label.pinnable));
    }
    const std::size_t number = number_of(copy.node, what, "do not pin the copy");
    const auto slot = static_cast<std::size_t>(copy.slot);
    const auto row = what_.old[slot];
    const auto i = static_cast<std::size_t>(std::find(row.begin(), row.end(), number) - row.begin());
    if (i == row.size()) {
      throw_invalid_argument(what_.label.name + ": " + what + ", but the node has no copy of that slot; pin copies " +
                             std::string(what_.label.pinnable));
    }
    if (kept_[cell(slot, i)]) throw_invalid_argument("plan: " + what + " twice; name it once");
    kept_[cell(slot, i)] = true;
  }

  void check_slots(const std::vector<node_id>& locks) const {
    std::size_t open = 0;
    for (std::size_t node = 0; node < locked_.size(); ++node)
      open += what_.weights[node] > 0 && !locked_[node] ? 1U : 0U;
    for (std::size_t p = 0; p < what_.old.slots(); ++p) {
      const auto row = what_.old[p];
      std::size_t kept = 0, closed = 0;
      std::string last;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == none || !kept_[cell(p, i)]) continue;
        ++kept;
        closed += locked_[row[i]] || what_.weights[row[i]] == 0 ? 1U : 0U;
        if (kept > replicas_) last = '\'' + quoit::id_text(what_.before[what_.rank_before[row[i]]].node) + '\'';
      }
      const auto slot = [&] { return what_.label.name + ": slot " + std::to_string(p); };
      if (kept > replicas_) {
        throw_invalid_argument(slot() + " has " + std::to_string(kept) +
                               " copies that are pinned or on locked nodes, but only " + std::to_string(replicas_) +
                               " replicas are allowed; raise replicas, or let the copy on " + last + " go");
      }
      if (!locks.empty() && closed + open < replicas_) {
        throw_invalid_argument(slot() + " needs " + std::to_string(replicas_) + " replicas, but keeps " +
                               std::to_string(closed) + " on nodes that receive none, and " +
                               (open == 0   ? std::string("no other node is left")
                                : open == 1 ? std::string("there is only 1 other node")
                                            : "there are only " + std::to_string(open) + " other nodes") +
                               "; unlock " + quoted(locks.front()) + ", add nodes, or set fewer replicas");
      }
    }
  }

  [[nodiscard]] static std::string quoted(const node_id& id) { return '\'' + id.text() + '\''; }

  const request what_;
  std::size_t replicas_;
  std::vector<bool> locked_;
  std::vector<bool> kept_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
