// SPDX-License-Identifier: MIT
// The entries of a slot table, made from the tables of other systems and from other placements.
//
//   one list of ids for each slot   0: b a c   1: a c   …
//   ranges of slots                 0-5460: a b   5461-10922: b c   …   a slot in no range is a hole
//   a placement                     slot ─▶ position ─▶ its preference list
//
// The table's constructor checks all entries. This file checks only what the entries do not show any more.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/address_ranks.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/node.hpp>
#include <quoit/share.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/slots.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Slots>
concept slots_from_options = std::same_as<Slots, slots<>> || std::default_initializable<Slots>;

// A slot policy as an argument that may be left out. It is made from the options then.
template <class Slots>
class slots_choice {
 public:
  slots_choice()
    requires slots_from_options<Slots>
  = default;
  slots_choice(Slots slots) : given_(std::move(slots)) {}

  [[nodiscard]] Slots operator()(const slot_table_options& options) const {
    if (given_) return *given_;
    if constexpr (std::same_as<Slots, slots<>>) return Slots(options.slots);
    else if constexpr (std::default_initializable<Slots>) return Slots();
    else throw_logic_error("slot_table: no slot policy");  // unreachable: such a policy is always given
  }

 private:
  std::optional<Slots> given_;
};

// A range with one range of ids for each slot.
template <class Lists>
concept lists_of_ids =
    std::ranges::input_range<const Lists> && requires(std::ranges::range_reference_t<const Lists> list) {
      requires std::ranges::input_range<decltype(list)>;
      requires !string_id<std::remove_cvref_t<decltype(list)>>;
    };

// A range of slot_range, or of types with the same members.
template <class Ranges>
concept ranges_of_slots =
    std::ranges::input_range<const Ranges> && requires(std::ranges::range_reference_t<const Ranges> range) {
      { range.first } -> std::convertible_to<std::uint64_t>;
      { range.last } -> std::convertible_to<std::uint64_t>;
      std::ranges::begin(range.nodes);
    };

// A range of slots in a list in braces: {first, last, {id, …}}. It takes no fewer parts, so that {0, 1} stays a list of
// ids. Valid as long as its ids.
template <class Node>
struct listed_range {
  std::uint64_t first;
  std::uint64_t last;
  std::vector<listed_id<Node>> nodes;

  template <integer_id First, integer_id Last>
  listed_range(First lowest, Last highest, std::initializer_list<listed_id<Node>> ids)
      : first(slot(lowest)), last(slot(highest)), nodes(ids) {}

 private:
  template <class Slot>
  [[nodiscard]] static std::uint64_t slot(Slot number) {
    if (std::in_range<std::uint64_t>(number)) return static_cast<std::uint64_t>(number);
    throw_invalid_argument("slot_table: slot " + std::to_string(number) +
                           " does not exist: slots are counted from 0; change the range");
  }
};

template <class Node>
class slot_entries {
 public:
  // `nodes` are in id order, and must outlive this object.
  slot_entries(const std::vector<node_spec<Node>>& nodes, const slot_table_options& options)
      : nodes_(nodes), slots_(options.slots), width_(options.replicas),
        entries_(static_cast<std::size_t>(slots_) * width_, none) {}

  template <class Ids>
  void fill(std::uint64_t slot, Ids&& ids) {
    std::size_t at = static_cast<std::size_t>(slot) * width_;
    const std::size_t end = at + width_;
    for (const auto& id : ids) {
      if (at == end)
        complain(slot, "names more than " + std::to_string(width_) + " nodes; shorten the list, or raise .replicas");
      const std::uint32_t rank = find_spec(nodes_, id_of(id));
      if (rank == none)
        complain(slot, "names node '" + quoit::id_text(id) + "', which is unknown; add it to the nodes");
      entries_[at++] = rank;
    }
  }
  void set(std::uint64_t slot, std::size_t i, std::uint32_t rank) noexcept {
    entries_[static_cast<std::size_t>(slot) * width_ + i] = rank;
  }

  template <class Lists>
  void fill_all(const Lists& lists) {
    std::uint64_t slot = 0;
    if (nodes_.empty() && std::ranges::begin(lists) == std::ranges::end(lists)) return;
    for (auto&& list : lists) {
      if (slot < slots_) fill(slot, list);
      ++slot;
    }
    if (slot != slots_) {
      throw_invalid_argument("slot_table: " + std::to_string(slot) + " lists for " + std::to_string(slots_) +
                             " slots; give one list for each slot, or change .slots");
    }
  }

  template <class Ranges>
  void fill_ranges(const Ranges& ranges) {
    std::vector<bool> seen(static_cast<std::size_t>(slots_));
    std::vector<first_and_last> earlier;
    for (const auto& range : ranges) {
      if (range.first > range.last) {
        throw_invalid_argument("slot_table: the range of slots " + std::to_string(range.first) + " to " +
                               std::to_string(range.last) +
                               " is empty, because the first is above the last; exchange them, or leave the "
                               "range out");
      }
      if (range.last >= slots_)
        complain(range.last,
                 "does not exist: there are " + std::to_string(slots_) + " slots; change .slots or the range");
      for (std::uint64_t slot = range.first; slot <= range.last; ++slot) {
        if (seen[static_cast<std::size_t>(slot)]) complain_of_overlap(slot, earlier, {range.first, range.last});
        seen[static_cast<std::size_t>(slot)] = true;
        fill(slot, range.nodes);
      }
      earlier.emplace_back(range.first, range.last);
    }
  }

  // Must be called last, and only once.
  [[nodiscard]] std::vector<std::uint32_t> take() noexcept { return std::move(entries_); }

 private:
  using first_and_last = std::pair<std::uint64_t, std::uint64_t>;

  [[noreturn]] static void complain(std::uint64_t slot, const std::string& what) {
    throw_invalid_argument("slot_table: slot " + std::to_string(slot) + ' ' + what);
  }
  [[noreturn]] static void complain_of_overlap(std::uint64_t slot, const std::vector<first_and_last>& earlier,
                                               const first_and_last& range) {
    const auto text = [](const first_and_last& one) {
      return std::to_string(one.first) + " to " + std::to_string(one.second);
    };
    const auto other = std::find_if(earlier.begin(), earlier.end(), [slot](const first_and_last& one) {
      return one.first <= slot && slot <= one.second;
    });
    complain(slot, "is in two ranges, " + text(*other) + " and " + text(range) +
                       "; a slot may be in one range only, so shorten one of them");
  }

  const std::vector<node_spec<Node>>& nodes_;
  std::uint64_t slots_;
  std::size_t width_;
  std::vector<std::uint32_t> entries_;
};

// The position at which a placement is asked for the preference list of a slot.
template <class Hash, class Slots, class Placement>
class slot_positions {
 public:
  // Throws std::invalid_argument if the positions of the placement do not correspond to slots.
  slot_positions(const Hash& hash, const Slots& slots, std::uint64_t seed, const Placement& placement) : slots_(slots) {
    const std::string own = key_spec_of(hash, slots, seed), other = placement.key_spec();
    same_ = own == other;
    // A policy that hashes keys itself does not use the circle of the table's hash.
    if (same_ || (other == key_spec_of(hash, whole_circle(), seed) && !prescribes_key_hash<Slots>)) return;
    throw_invalid_argument("slot_table: the placement puts keys at different positions (" + other + ", the table " +
                           own + "); give both the same hash, seed and slots");
  }

  [[nodiscard]] std::uint64_t operator()(std::uint64_t slot) const {
    if (same_) return slot;
    const std::uint64_t last = (hashes_below(slots_, slot + 1) - share(1)).low();
    if (slots_.slot(last) != slot) {
      throw_invalid_argument("slot_table: the slots of '" + std::string(slots_.name()) +
                             "' are not pieces of the circle in ascending order; use a placement with the same policy");
    }
    return last;
  }

 private:
  const Slots& slots_;
  bool same_ = false;
};

// The nodes of any placement with weight and domain, in id order.
template <class Placement>
[[nodiscard]] auto specs_of(const Placement& placement) {
  std::vector<node_spec<typename Placement::node_type>> result;
  for (const auto& entry : placement.nodes()) {
    result.push_back({entry.node, entry.weight, {}});
    if constexpr (requires { result.back().domain = entry.domain; }) result.back().domain = entry.domain;
    if constexpr (requires { result.back().leader_weight = entry.leader_weight; }) {
      result.back().leader_weight = entry.leader_weight;
    }
  }
  return result;
}

// Fills the entries from the preference lists of a placement. An empty list makes a hole.
template <class Placement, class Positions>
void freeze(slot_entries<typename Placement::node_type>& entries, const slot_table_options& options,
            const Placement& placement, const Positions& position_of, spread apart) {
  using node_type = typename Placement::node_type;
  const auto ranks = ranks_of(placement);
  std::vector<const node_type*> preferred(options.replicas);
  for (std::uint64_t slot = 0; slot < options.slots; ++slot) {
    const std::size_t count = placement.preferred(position_of(slot), std::span<const node_type*>(preferred), apart);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t rank = ranks[preferred[i]];
      if (rank == none)
        throw_invalid_argument("slot_table: for slot " + std::to_string(slot) + " the placement prefers node '" +
                               quoit::id_text(*preferred[i]) +
                               "', which is not in its nodes(); preferred() must give addresses of its nodes()");
      entries.set(slot, i, rank);
    }
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
