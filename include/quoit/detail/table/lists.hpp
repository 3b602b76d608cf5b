// SPDX-License-Identifier: MIT
// The content of a slot table: the nodes in id order, and for every slot the ranks of its replicas among them.
//
//   slot            0        1        2
//   ranks       │ 4 0 2 │ 0 2 4 │ 2 4 - │ …       R entries for each slot, slot by slot; - is a missing copy (none)
//   nodes       a b c d e …                       rank 0, 1, 2, …
//
// A slot without any copy is a hole: all its R entries are missing.
//
// The content is immutable and shared between copies. The addresses that a lookup needs lie beside the pointer that
// keeps them alive, so that a lookup loads nothing but the entry. A table without nodes allocates nothing, and every
// slot answers with missing copies. A moved-from object is in the same state.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/domain_table.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/node.hpp>
#include <quoit/slot_replicas.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

inline constexpr std::uint32_t max_replicas = 255;

// Throws std::invalid_argument, in the name of `who`.
inline void check_replicas(std::string_view who, std::size_t replicas) {
  if (replicas < 1 || replicas > max_replicas) {
    throw_invalid_argument(std::string(who) + ": replicas = " + std::to_string(replicas) + "; it must be 1 to " +
                           std::to_string(max_replicas) + ", the number of copies of each key");
  }
}

// The options with the policy's number of slots. Throws std::invalid_argument.
template <class Slots>
[[nodiscard]] slot_table_options checked(slot_table_options options, const Slots& slots) {
  check_replicas("slot_table", options.replicas);
  options.slots = slots.count();
  if (options.slots == 0) {
    throw_invalid_argument("slot_table: slot policy '" + std::string(slots.name()) +
                           "' has no slots; count() must be at least 1");
  }
  if (options.slots > std::uint64_t{0xffffffffU} / options.replicas) {
    throw_invalid_argument("slot_table: " + std::to_string(options.slots) + " slots of " +
                           std::to_string(options.replicas) +
                           " replicas; the maximum is 2^32 - 1 entries in total, so use fewer slots or replicas");
  }
  return options;
}

template <class Node>
class slot_lists {
 public:
  using spec_type = node_spec<Node>;

  slot_lists() = default;

  // `replicas` has R entries for each slot, each an index into `nodes` as given here, or `none`. `options` come from
  // checked(). Throws std::invalid_argument.
  slot_lists(std::vector<spec_type> nodes, const std::vector<std::uint32_t>& replicas,
             const slot_table_options& options)
      : width_(static_cast<std::uint32_t>(options.replicas)) {
    if (replicas.size() != options.slots * width_ && !(nodes.empty() && replicas.empty())) {
      throw_invalid_argument("slot_table: " + std::to_string(replicas.size()) + " entries for " +
                             std::to_string(options.slots) + " slots of " + std::to_string(width_) +
                             " replicas; give as many entries as slots times replicas");
    }
    if (nodes.size() >= none)
      throw_invalid_argument("slot_table: " + std::to_string(nodes.size()) + " nodes; the maximum is 2^32 - 2");
    normalise_domains("slot_table", nodes);
    auto fresh = std::make_shared<content>();
    const std::vector<std::uint32_t> rank_of = sort(nodes, fresh->nodes);
    fresh->active = check_weights("slot_table", fresh->nodes);
    const std::uint64_t held = check_entries(replicas, nodes_as_given{fresh->nodes, rank_of});
    if (rank_of.empty()) return;
    fresh->domain_of = domains(fresh->nodes);
    fresh->ranks.reserve(replicas.size());
    for (const std::uint32_t index : replicas) fresh->ranks.push_back(index == none ? none : rank_of[index]);
    content_ = std::move(fresh);
    ranks_ = content_->ranks.data();
    nodes_ = content_->nodes.data();
    filled_ = content_->ranks.size() / width_;
    held_ = held;
  }

  slot_lists(const slot_lists&) = default;
  slot_lists& operator=(const slot_lists&) = default;
  slot_lists(slot_lists&& other) noexcept : width_(other.width_) { swap(other); }
  slot_lists& operator=(slot_lists&& other) noexcept {
    slot_lists taken(std::move(other));  // correct for self-assignment, too
    swap(taken);
    return *this;
  }
  ~slot_lists() = default;

  [[nodiscard]] std::span<const spec_type> nodes() const noexcept {
    return content_ == nullptr ? std::span<const spec_type>() : std::span<const spec_type>(content_->nodes);
  }
  [[nodiscard]] std::size_t active() const noexcept { return content_ == nullptr ? 0 : content_->active; }
  [[nodiscard]] const Node* node(std::uint32_t rank) const noexcept {
    return rank == none ? nullptr : &nodes_[rank].node;
  }

  // The number of slots with a copy.
  [[nodiscard]] std::uint64_t held() const noexcept { return held_; }

  // All entries; no entries if there are no nodes.
  [[nodiscard]] std::span<const std::uint32_t> ranks() const noexcept {
    return {ranks_, static_cast<std::size_t>(filled_) * width_};
  }
  // The R entries of a slot; all of them are missing if there is no such slot.
  [[nodiscard]] std::span<const std::uint32_t> ranks(std::uint64_t slot) const noexcept {
    return {slot < filled_ ? ranks_ + static_cast<std::size_t>(slot) * width_ : all_missing.data(), width_};
  }

  // The rank of the first node that holds the slot; `none` for a hole, and if there is no such slot.
  [[nodiscard]] std::uint32_t find(std::uint64_t slot) const noexcept {
    if (slot >= filled_) return none;
    const std::uint32_t rank = ranks_[static_cast<std::size_t>(slot) * width_];
    return rank != none ? rank : first_copy(ranks(slot));
  }
  // The address that find() reads.
  [[nodiscard]] const void* address(std::uint64_t slot) const noexcept {
    return ranks_ + static_cast<std::size_t>(slot < filled_ ? slot : 0) * width_;
  }
  [[nodiscard]] slot_replicas<Node> replicas(std::uint64_t slot) const noexcept { return {ranks(slot), nodes_}; }

  // The first node of the slot for which the predicate holds, or null.
  template <class Predicate>
  [[nodiscard]] const Node* find_if(std::uint64_t slot, Predicate& holds) const
      noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
    for (const std::uint32_t rank : ranks(slot)) {
      if (rank != none && holds(nodes_[rank].node)) return &nodes_[rank].node;
    }
    return nullptr;
  }

  // Writes as many nodes of the slot's preference list as fit, and returns how many. O(R); O(R²) if domains count.
  std::size_t preferred(std::uint64_t slot, std::span<const Node*> out, spread apart) const noexcept {
    const std::span<const std::uint32_t> list = ranks(slot);
    std::size_t found = 0;
    const auto take = [&](const auto& may_take) {
      for (std::size_t i = 0; i < list.size() && found < out.size(); ++i) {
        if (list[i] != none && may_take(i)) out[found++] = &nodes_[list[i]].node;
      }
    };
    // Whether no earlier entry is of the same domain.
    const auto first_of_domain = [&](std::size_t i) {
      const std::uint64_t domain = content_->domain_of[list[i]];
      return std::none_of(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i),
                          [&](std::uint32_t rank) { return rank != none && content_->domain_of[rank] == domain; });
    };
    if (apart == spread::nodes) {
      take([](std::size_t) { return true; });
      return found;
    }
    take(first_of_domain);
    if (apart == spread::domains) take([&](std::size_t i) { return !first_of_domain(i); });
    return found;
  }

  // The entries of a table with twice as many slots: slot p becomes 2p and 2p + 1.
  [[nodiscard]] std::vector<std::uint32_t> twice() const {
    std::vector<std::uint32_t> result;
    result.reserve(2 * ranks().size());
    for (std::uint64_t slot = 0; slot < 2 * filled_; ++slot) {
      const auto list = ranks(slot / 2);
      result.insert(result.end(), list.begin(), list.end());
    }
    return result;
  }

  // Calls use(range) for every run of slots with equal lists, in ascending order.
  template <class Use>
  void for_each_run(const Use& use) const {
    std::uint64_t from = filled_ - 1;
    for (std::uint64_t slot = 0; slot < filled_; ++slot) {
      if (slot + 1 < filled_ && std::ranges::equal(ranks(slot), ranks(slot + 1))) continue;
      use(position_range{std::exchange(from, slot), slot});
    }
  }

  [[nodiscard]] bool same(const slot_lists& other) const noexcept {
    return content_ == other.content_ || (std::ranges::equal(nodes(), other.nodes(), same_description<Node>) &&
                                          std::ranges::equal(ranks(), other.ranks()));
  }

 private:
  struct content {
    std::vector<spec_type> nodes;
    std::vector<std::uint32_t> ranks;
    std::vector<std::uint64_t> domain_of;  // by rank, with the numbers of domain_table
    std::size_t active = 0;
  };
  struct nodes_as_given {
    const std::vector<spec_type>& sorted;
    const std::vector<std::uint32_t>& rank_of;
    [[nodiscard]] std::string name(std::uint32_t index) const { return quoit::id_text(sorted[rank_of[index]].node); }
  };

  static constexpr std::array<std::uint32_t, max_replicas> all_missing = [] {
    std::array<std::uint32_t, max_replicas> entries{};
    entries.fill(none);
    return entries;
  }();

  void swap(slot_lists& other) noexcept {
    content_.swap(other.content_);
    std::swap(ranks_, other.ranks_);
    std::swap(nodes_, other.nodes_);
    std::swap(filled_, other.filled_);
    std::swap(held_, other.held_);
    std::swap(width_, other.width_);
  }

  // Moves the nodes into id order. Returns their ranks, by the index as given.
  static std::vector<std::uint32_t> sort(std::vector<spec_type>& given, std::vector<spec_type>& sorted) {
    std::vector<std::uint32_t> order(given.size()), rank_of(given.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return spec_less(given[a], given[b]); });
    sorted.reserve(given.size());
    for (const std::uint32_t index : order) {
      rank_of[index] = static_cast<std::uint32_t>(sorted.size());
      sorted.push_back(std::move(given[index]));
    }
    require_distinct("slot_table", sorted);
    return rank_of;
  }

  // Returns the number of slots with a copy.
  std::uint64_t check_entries(const std::vector<std::uint32_t>& replicas, const nodes_as_given& nodes) const {
    const std::size_t count = nodes.rank_of.size();
    std::uint64_t held = 0;
    std::vector<std::size_t> seen_in(count, ~std::size_t{0});
    for (std::size_t first = 0, slot = 0; first < replicas.size(); first += width_, ++slot) {
      bool is_held = false;
      for (std::size_t i = first; i < first + width_; ++i) {
        const std::uint32_t index = replicas[i];
        if (index == none) continue;
        const auto complain = [&](const std::string& what) {
          throw_invalid_argument("slot_table: slot " + std::to_string(slot) + " names node " + what);
        };
        if (index >= count)
          complain("number " + std::to_string(index) + " of " + std::to_string(count) +
                   "; use indices into the nodes, or no_node");
        if (std::exchange(seen_in[index], slot) == slot)
          complain("'" + nodes.name(index) + "' twice; a slot names each node at most once");
        is_held = true;
      }
      held += is_held ? 1U : 0U;
    }
    return held;
  }

  static std::vector<std::uint64_t> domains(const std::vector<spec_type>& nodes) {
    std::vector<std::uint64_t> result;
    result.reserve(nodes.size());
    domain_table numbers;
    for (const spec_type& spec : nodes) {
      const auto rank = static_cast<std::uint32_t>(result.size());
      result.push_back(numbers.enter(spec.domain, rank, false));
    }
    return result;
  }

  std::shared_ptr<const content> content_;
  const std::uint32_t* ranks_ = nullptr;
  const spec_type* nodes_ = nullptr;
  std::uint64_t filled_ = 0;  // the number of slots, 0 if there are no nodes
  std::uint64_t held_ = 0;    // those with a copy
  std::uint32_t width_ = 1;   // R
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
