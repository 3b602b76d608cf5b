// SPDX-License-Identifier: MIT
// Fuzz target: slot_table::adopt() of lists, of ranges and of rings. A model says which input is a table and which is
// refused: ids twice, negative weights, unknown ids, too many ids, slots in two ranges, Q or R out of range. A slot
// without a node is a hole. Each byte is a decision.
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/domains.hpp"
#include "fuzz/target.hpp"
#include "support/choices.hpp"

namespace {

using adopted = quoit::slot_table<>;
using id_list = std::vector<std::string>;

using test::fuzz::plain;

class adopt_fuzzer {
 public:
  explicit adopt_fuzzer(test::byte_choices& c) : c_(c) {}

  void run() {
    const std::uint64_t kind = c_.below(3);
    choose_options();
    choose_nodes();
    if (kind == 0) adopt_lists();
    else if (kind == 1) adopt_ranges();
    else adopt_ring();
  }

 private:
  void choose_options() {
    options_.slots = c_.below(12);
    options_.replicas = c_.index(6);
    if (options_.replicas == 5) options_.replicas = 253 + c_.index(6);
    options_.seed = c_.below(3);
  }

  std::string choose_id() {
    static const char* const ids[] = {"a", "b", "c", "d", "", "ab"};
    return ids[c_.below(6)];
  }

  void choose_nodes() {
    static const std::int64_t weights[] = {
        1, 2, 0, 5, -1, (std::numeric_limits<std::int64_t>::max)() / 2, (std::numeric_limits<std::int64_t>::max)()};
    for (std::uint64_t count = c_.below(6); count > 0; --count) {
      const std::string id = choose_id();
      const std::int64_t weight = weights[c_.below(7)];
      const std::string domain = test::fuzz::domains[c_.below(13)];
      nodes_.push_back({id, weight, domain});
      valid_ = valid_ && known_.emplace(id, nodes_.back()).second && weight >= 0;
      if (weight > 0) {
        if (weight > (std::numeric_limits<std::int64_t>::max)() - weights_) valid_ = false;
        else weights_ += weight;
      }
    }
    valid_ = valid_ && options_.slots > 0 && options_.replicas > 0 && options_.replicas <= 255;
  }

  id_list choose_list() {
    id_list list;
    for (std::uint64_t count = c_.below(5); count > 0; --count) list.push_back(choose_id());
    return list;
  }

  // Whether a slot may have this list, in a table of nodes_.
  bool may_hold(const id_list& list) const {
    std::set<std::string> seen;
    for (const std::string& id : list) {
      if (known_.count(id) == 0 || !seen.insert(id).second) return false;
    }
    return list.size() <= options_.replicas;
  }

  // `lists` has the ids of each slot if the input is valid.
  template <class Adopt>
  void check(const std::vector<id_list>& lists, const Adopt& adopt) const {
    std::optional<adopted> table;
    try {
      table.emplace(adopt());
    } catch (const std::invalid_argument& error) {
      test::fuzz::check_message(error);
      test::expect(!valid_, "a valid table is refused");
      return;
    }
    test::expect(valid_, "a table is made that must be refused");
    test::expect(table->size() == known_.size() && table->version() == 1 && table->slot_count() == options_.slots &&
                     table->replica_count() == options_.replicas && table->seed() == options_.seed,
                 "another size, version or seed");
    auto node = known_.begin();
    for (const auto& entry : table->nodes()) {
      test::expect(entry.node == node->first && entry.weight == node->second.weight &&
                       plain(entry.domain) == plain(node->second.domain),
                   "another id, weight or domain");
      ++node;
    }
    for (std::uint64_t slot = 0; slot < options_.slots; ++slot) {
      const id_list& list = lists[static_cast<std::size_t>(slot)];
      for (std::size_t i = 0; i < options_.replicas; ++i) {
        const std::string* const copy = table->at(slot, i);
        test::expect(i < list.size() ? copy != nullptr && *copy == list[i] : copy == nullptr, "another copy in slot",
                     slot);
      }
    }
    const auto holes = std::ranges::count_if(lists, [](const id_list& list) { return list.empty(); });
    test::expect(table->missing_slots() == static_cast<std::uint64_t>(holes), "another number of holes");
    test::expect(adopted::restore(table->save()) == *table, "another table after save() and restore()");
  }

  void adopt_lists() {
    std::vector<id_list> lists;
    const std::uint64_t count = c_.below(8) == 0 ? c_.below(13) : options_.slots;
    for (std::uint64_t i = 0; i < count; ++i) {
      lists.push_back(choose_list());
      valid_ = valid_ && may_hold(lists.back());
    }
    // Without nodes no list is needed.
    const bool none = nodes_.empty() && lists.empty();
    if (none) lists.resize(static_cast<std::size_t>(options_.slots));
    else valid_ = valid_ && lists.size() == options_.slots;
    const std::vector<id_list> given = none ? std::vector<id_list>() : lists;
    check(lists, [&] { return adopted::adopt(nodes_, given, options_); });
  }

  void adopt_ranges() {
    std::vector<quoit::slot_range<std::string>> ranges;
    std::vector<id_list> lists(static_cast<std::size_t>(options_.slots));
    std::vector<bool> seen(lists.size());
    for (std::uint64_t count = c_.below(6), next = 0; count > 0; --count) {
      quoit::slot_range<std::string> range;
      range.first = c_.below(6) == 0 ? c_.below(13) : next;
      range.last = c_.below(8) == 0 ? c_.below(13) : range.first + c_.below(5);
      if (c_.below(16) == 15) range.last = ~std::uint64_t{0} - c_.below(2);
      range.nodes = choose_list();
      next = range.last + 1;
      valid_ = valid_ && range.first <= range.last && range.last < options_.slots && may_hold(range.nodes);
      for (std::uint64_t slot = range.first; valid_ && slot <= range.last; ++slot) {
        const auto at = static_cast<std::size_t>(slot);
        valid_ = valid_ && !seen[at];
        seen[at] = true;
        lists[at] = range.nodes;
      }
      ranges.push_back(std::move(range));
    }
    check(lists, [&] { return adopted::adopt(nodes_, ranges, options_); });
  }

  // A ring is valid in itself, so it gets only the nodes that it can have.
  void adopt_ring() {
    quoit::ring<> ring({.vnodes = 3, .seed = c_.below(4) == 0 ? options_.seed + 1 : options_.seed});
    known_.clear();
    for (auto& node : nodes_) {
      node.weight &= 3;
      if (!known_.emplace(node.node, node).second) continue;
      ring.add(node.node, {.weight = node.weight, .domain = node.domain});
    }
    const auto apart = static_cast<quoit::spread>(c_.below(3));
    valid_ =
        options_.slots > 0 && options_.replicas > 0 && options_.replicas <= 255 && ring.options().seed == options_.seed;
    // The last hash of a slot stands for it: the largest h with floor(h × Q / 2^64) = slot.
    std::vector<id_list> lists;
    for (std::uint64_t slot = 0; valid_ && slot < options_.slots; ++slot) {
      const std::uint64_t last = slot + 1 == options_.slots ? ~std::uint64_t{0} : first_hash(slot + 1) - 1;
      std::vector<const std::string*> room(options_.replicas);
      room.resize(ring.preferred(last, room, apart));
      auto& list = lists.emplace_back();
      for (const std::string* const node : room) list.push_back(*node);
    }
    check(lists, [&] { return adopted::adopt(ring, options_, apart); });
  }

  // The smallest h with floor(h × Q / 2^64) = slot, by halving.
  std::uint64_t first_hash(std::uint64_t slot) const {
    const quoit::slots<> policy(options_.slots);
    std::uint64_t low = 0, high = ~std::uint64_t{0};
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (policy.slot(middle) < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  test::byte_choices& c_;
  quoit::slot_table_options options_;
  std::vector<quoit::node_spec<std::string>> nodes_;
  std::map<std::string, quoit::node_spec<std::string>> known_;
  std::int64_t weights_ = 0;
  bool valid_ = true;
};

}  // namespace

void test::fuzz::adopt(input_bytes input) {
  byte_choices c(input);
  adopt_fuzzer(c).run();
}

QUOIT_FUZZ_TARGET(adopt);
