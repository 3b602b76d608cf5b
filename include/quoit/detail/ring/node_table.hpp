// SPDX-License-Identifier: MIT
// node_table: the nodes of a ring. Each has a number that stays the same as long as the node is in the ring.
//
//   entries_   number ──▶ node, weight, domain          numbers of removed nodes are used again
//   order_     the numbers in id order                  a join moves four bytes for each node here, and nothing else
//
// Vnodes refer to nodes by number, so a join or leave changes no vnode of another node.
//
// Rejected: the rank in id order as the number. It changes in every vnode of a later node when a node joins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/placement/domain_table.hpp>
#include <quoit/detail/ring/vnode.hpp>
#include <quoit/node.hpp>
#include <quoit/node_range.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node>
class node_table {
 public:
  using spec_type = node_spec<Node>;

  node_table() = default;

  // A table of `specs`, which are in id order and without duplicates. Nodes of `old` keep their numbers.
  node_table(const node_table& old, std::vector<spec_type> specs) {
    std::vector<bool> taken(old.entries_.size());
    order_.assign(specs.size(), none);
    match(old, specs, [&](std::uint32_t number, std::uint32_t spec) {
      if (number == none || spec == none) return;
      order_[spec] = number;
      taken[number] = true;
    });
    std::uint32_t next = 0;
    for (std::uint32_t& number : order_) {
      if (number != none) continue;
      while (next < taken.size() && taken[next]) ++next;
      number = next++;
    }
    const auto last = std::max_element(order_.begin(), order_.end());
    entries_.resize(last == order_.end() ? 0 : std::size_t{*last} + 1);
    domain_of_.resize(entries_.size());
    free_.reserve(entries_.size());
    for (std::size_t i = 0; i < specs.size(); ++i) place(order_[i], std::move(specs[i]));
    for (std::size_t number = entries_.size(); number-- > 0;) {
      if (!entries_[number]) free_.push_back(static_cast<std::uint32_t>(number));
    }
  }

  // A copy keeps the numbers. A moved-from table is empty.
  node_table(const node_table& other)
      : entries_(other.entries_), order_(other.order_), free_(other.free_), domain_of_(other.domain_of_),
        domains_(other.domains_), active_(other.active_) {
    free_.reserve(entries_.size());
  }
  node_table(node_table&& other) noexcept { swap(other); }
  node_table& operator=(node_table other) noexcept {
    swap(other);
    return *this;
  }
  ~node_table() = default;

  void swap(node_table& other) noexcept {
    std::swap(entries_, other.entries_);
    std::swap(order_, other.order_);
    std::swap(free_, other.free_);
    std::swap(domain_of_, other.domain_of_);
    std::swap(domains_, other.domains_);
    std::swap(active_, other.active_);
  }

  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  // All numbers are less than this.
  [[nodiscard]] std::size_t numbers() const noexcept { return entries_.size(); }
  // The number of active nodes: those whose weight is above 0.
  [[nodiscard]] std::size_t active() const noexcept { return active_; }
  // The length of the longest preference list without two nodes of one domain: the number of domains that have an
  // active node.
  [[nodiscard]] std::size_t max_distinct_domains() const noexcept { return domains_.active(); }
  [[nodiscard]] node_range<Node> nodes() const noexcept { return {order_, entries_.data()}; }
  [[nodiscard]] const std::vector<std::uint32_t>& order() const noexcept { return order_; }

  [[nodiscard]] const spec_type& operator[](std::uint_fast32_t number) const noexcept { return *entries_[number]; }
  [[nodiscard]] const Node* node(std::uint_fast32_t number) const noexcept { return &(*this)[number].node; }
  [[nodiscard]] std::uint64_t domain(const Node* node) const noexcept { return domain_of_[number_of(node)]; }
  [[nodiscard]] std::uint64_t domain(std::uint32_t number) const noexcept { return domain_of_[number]; }

  // Whether node a has a smaller id than node b.
  [[nodiscard]] bool has_smaller_id(std::uint32_t a, std::uint32_t b) const noexcept {
    return id_less(id_of((*this)[a].node), id_of((*this)[b].node));
  }

  [[nodiscard]] id_order ids() const noexcept {
    return {this, [](const void* table, std::uint32_t a, std::uint32_t b) noexcept {
              return static_cast<const node_table*>(table)->has_smaller_id(a, b);
            }};
  }

  // The number of the node with this id, or `none` if there is no such node. O(log nodes).
  template <class Id>
  [[nodiscard]] std::uint32_t find(const Id& id) const noexcept {
    const std::uint32_t rank = find_by_id(order_, id, node_of_number());
    return rank == none ? none : order_[rank];
  }

  // Adds a node whose id is new, and returns its number. Changes nothing if it throws.
  std::uint32_t add(spec_type spec) {
    const auto at = place_of(spec);
    make_room(order_, order_.size() + 1);  // a copied vector has no spare capacity, even if there are free numbers
    if (free_.empty()) {
      const std::size_t room = entries_.size() + 1;
      make_room(domain_of_, room);
      make_room(free_, room);
      make_room(entries_, room);
    }
    const auto number = free_.empty() ? static_cast<std::uint32_t>(entries_.size()) : free_.back();
    const std::uint64_t domain = domains_.enter(spec.domain, number, spec.weight > 0);
    if (free_.empty()) {
      entries_.emplace_back();
      domain_of_.emplace_back();
    } else {
      free_.pop_back();
    }
    active_ += spec.weight > 0 ? 1U : 0U;
    entries_[number].emplace(std::move(spec));
    domain_of_[number] = domain;
    order_.insert(order_.begin() + at, number);
    return number;
  }

  void remove(std::uint32_t number) noexcept {
    const spec_type& spec = (*this)[number];
    const bool active = spec.weight > 0;
    order_.erase(order_.begin() + place_of(spec));
    domains_.leave(spec.domain, active);
    active_ -= active ? 1U : 0U;
    entries_[number].reset();
    free_.push_back(number);  // add() has reserved the capacity
  }

  void set_weight(std::uint32_t number, std::int64_t weight) noexcept {
    spec_type& spec = *entries_[number];
    if ((spec.weight > 0) != (weight > 0)) {
      domains_.activate(spec.domain, weight > 0);
      weight > 0 ? ++active_ : --active_;
    }
    spec.weight = weight;
  }

  // Changes nothing if it throws.
  void set_domain(std::uint32_t number, std::string domain) {
    spec_type& spec = *entries_[number];
    if (spec.domain == domain) return;
    const bool active = spec.weight > 0;
    domain_of_[number] = domains_.enter(domain, number, active);
    domains_.leave(spec.domain, active);
    spec.domain = std::move(domain);
  }

  // Calls use(number in `old` or none, index in `specs` or none) for every id in either, in ascending order.
  template <class Use>
  static void match(const node_table& old, const std::vector<spec_type>& specs, const Use& use) {
    merge_by_id(old.order_, specs, old.node_of_number(), node_of_spec,
                [&](std::uint32_t rank, std::uint32_t index) { use(rank == none ? none : old.order_[rank], index); });
  }

 private:
  [[nodiscard]] auto node_of_number() const noexcept {
    return [this](std::uint32_t number) -> const Node& { return (*this)[number].node; };
  }

  // The index of the node in order_, or the index at which it would be inserted.
  [[nodiscard]] std::ptrdiff_t place_of(const spec_type& spec) const noexcept {
    return static_cast<std::ptrdiff_t>(lower_bound_by_id(order_, id_of(spec.node), node_of_number()));
  }

  // Grows the capacity geometrically, which reserve() alone does not.
  template <class Vector>
  static void make_room(Vector& all, std::size_t size) {
    if (all.capacity() < size) all.reserve((std::max)(size, 2 * all.capacity()));
  }

  void place(std::uint32_t number, spec_type spec) {
    domain_of_[number] = domains_.enter(spec.domain, number, spec.weight > 0);
    active_ += spec.weight > 0 ? 1U : 0U;
    entries_[number].emplace(std::move(spec));
  }

  [[nodiscard]] std::size_t number_of(const Node* node) const noexcept {
    const auto address = [](const void* at) { return reinterpret_cast<std::uintptr_t>(at); };
    return (address(node) - address(entries_.data())) / sizeof(std::optional<spec_type>);
  }

  std::vector<std::optional<spec_type>> entries_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> free_;  // has capacity for all numbers, so that remove() cannot throw
  std::vector<std::uint64_t> domain_of_;
  domain_table domains_;
  std::size_t active_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
