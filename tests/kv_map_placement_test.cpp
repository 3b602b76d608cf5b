// SPDX-License-Identifier: MIT
// kv_map over a user's placement: the minimum that the concept requires is enough, and rehome() changes its nodes.
#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "support/kv/checks.hpp"

namespace {

// 64 slots dealt out in turn. Has what `ranged_placement` asks for and nothing else: it cannot be copied, assigned,
// made without arguments or compared, knows no other keys, and has no add() or remove().
class dealt {
 public:
  using node_type = std::string;
  static constexpr std::uint64_t slots = 64;

  explicit dealt(std::vector<quoit::node_spec<std::string>> nodes, std::uint64_t seed = 0)
      : nodes_(std::move(nodes)), seed_(seed) {
    std::sort(nodes_.begin(), nodes_.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    for (const auto& entry : nodes_) {
      for (std::int64_t i = 0; i < entry.weight; ++i) deal_.push_back(&entry.node);
    }
  }
  dealt(dealt&&) = default;
  dealt& operator=(dealt&&) = delete;
  dealt(const dealt&) = delete;
  dealt& operator=(const dealt&) = delete;
  ~dealt() = default;

  std::uint64_t position(std::string_view key) const noexcept {
    return position(quoit::key_hash{quoit::xxh3{}(key, seed_)});
  }
  std::uint64_t position(const quoit::key_hash& key) const noexcept { return key.value % slots; }
  const std::string* find(const quoit::key_hash& key) const noexcept { return owner(position(key)); }
  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out, quoit::spread) const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 0; i < deal_.size() && found < out.size(); ++i) {
      const std::string* const next = deal_[(position + i) % deal_.size()];
      const auto end = out.begin() + static_cast<std::ptrdiff_t>(found);
      if (std::find(out.begin(), end, next) == end) out[found++] = next;
    }
    return found;
  }
  const std::vector<quoit::node_spec<std::string>>& nodes() const { return nodes_; }
  std::vector<quoit::arc<std::string>> arcs() const {
    std::vector<quoit::arc<std::string>> result;
    for (std::uint64_t slot = 0; slot < slots && !deal_.empty(); ++slot) {
      const quoit::position_range range{(slot + slots - 1) % slots, slot};
      result.push_back({range, owner(slot), size_of(range)});
    }
    return result;
  }
  quoit::share size_of(const quoit::position_range& range) const {
    const std::uint64_t count = range.from < range.to ? range.to - range.from : slots - range.from + range.to;
    return quoit::share::ratio(count, slots);
  }
  std::string key_spec() const { return "dealt;seed=" + std::to_string(seed_); }
  std::string spec() const { return key_spec(); }
  quoit::fingerprint fingerprint() const {
    quoit::detail::fingerprint_builder builder;
    for (const auto& entry : nodes_) builder.text(entry.node);
    return builder.finish();
  }

 private:
  const std::string* owner(std::uint64_t slot) const noexcept {
    return deal_.empty() ? nullptr : deal_[slot % deal_.size()];
  }

  std::vector<quoit::node_spec<std::string>> nodes_;
  std::vector<const std::string*> deal_;
  std::uint64_t seed_;
};

static_assert(quoit::placement<dealt> && quoit::ranged_placement<dealt>);
static_assert(quoit::ranged_placement<quoit::ring<>>);

// The same type without one requirement, or with another return type: not a placement.
struct no_spread : dealt {
  using dealt::dealt;
  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out) const noexcept {
    return dealt::preferred(position, out, quoit::spread::nodes);
  }
};
struct may_throw : dealt {
  using dealt::dealt;
  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out, quoit::spread apart) const {
    return dealt::preferred(position, out, apart);
  }
};
struct other_size : dealt {
  using dealt::dealt;
  double size_of(const quoit::position_range& range) const { return dealt::size_of(range).fraction(); }
};
struct other_fingerprint : dealt {
  using dealt::dealt;
  std::uint64_t fingerprint() const { return dealt::fingerprint().low; }
};
struct bare_nodes : dealt {
  using dealt::dealt;
  std::vector<std::string> nodes() const { return {}; }
};
struct bare_arcs : dealt {
  using dealt::dealt;
  std::vector<quoit::position_range> arcs() const { return {}; }
};
static_assert(!quoit::placement<no_spread>);
static_assert(!quoit::placement<may_throw>);
static_assert(quoit::placement<other_size> && !quoit::ranged_placement<other_size>);
static_assert(!quoit::placement<other_fingerprint>);
static_assert(!quoit::placement<bare_nodes>);
static_assert(quoit::placement<bare_arcs> && !quoit::ranged_placement<bare_arcs>);
static_assert(!quoit::placement<std::string>);

using map_type = quoit::kv_map<std::string, dealt>;

std::string misplaced(const map_type& map, const quoit::kv_options& options) {
  const auto placement = map.placement_now();
  std::size_t copies = 0;
  for (const std::string& key : map.keys()) {
    std::vector<const std::string*> holders(options.replicas);
    holders.resize(placement->preferred(placement->position(key), holders, options.apart));
    copies += holders.size();
    if (map.find(key) == nullptr) return "find() does not find " + key;
    for (const std::string* holder : holders) {
      if (map.find_on(*holder, key) != map.find(key)) return *holder + " lacks " + key;
    }
  }
  for (const auto& [node, held] : map.copies_per_node()) copies -= held;
  return copies == 0 ? "" : "nodes hold copies that they must not hold";
}

}  // namespace

TEST_CASE("kv_map: takes a placement with only the required members", "[kv_map]") {
  const quoit::kv_options options{.replicas = GENERATE(as<std::size_t>{}, 1, 2, 3)};
  map_type map(dealt({{"a"}, {"b"}, {"c"}}), options);
  for (int n = 0; n < 200; ++n) map.put("key-" + std::to_string(n), "value");
  CHECK(misplaced(map, options) == "");
  CHECK(map.find_on("unknown", "key-1") == nullptr);

  const auto moved = [&](dealt next) {
    const auto before = map.placement_now();
    const auto report = map.rehome(std::move(next));
    const auto difference = quoit::diff(*before, *map.placement_now());
    CHECK(report.moved_share == difference.moved());
    CHECK(report.minimum_share == difference.minimum());
    CHECK(report.lost.empty());
    CHECK(report.keys == 200);
    CHECK(map.size() == 200);
    CHECK(misplaced(map, options) == "");
    return report;
  };
  CHECK(moved(dealt({{"d"}, {"b"}, {"a"}, {"c"}})).moved_keys > 0);
  CHECK(moved(dealt({{"d"}, {"b"}, {"a"}, {"c"}})).examined == 0);  // an equal placement
  CHECK(moved(dealt({{"d", 3}, {"b"}, {"a", 0}, {"c"}})).moved_keys > 0);
  CHECK(moved(dealt({{"x"}, {"y"}})).moved_keys == 200);
  CHECK(quoit::balance_of(*map.placement_now()).loads().size() == 2);
  CHECK_THROWS_AS(map.rehome(dealt({{"x"}}, 1)), std::invalid_argument);
  CHECK_THROWS_AS(map.rehome(dealt({{"x", 0}})), std::invalid_argument);
  CHECK(map.placement_now()->nodes().size() == 2);
  CHECK(misplaced(map, options) == "");
  CHECK(map.erase_prefix("") == 200);
  map.rehome(dealt({}));
  CHECK(map.find("key-1") == nullptr);
  CHECK_THROWS_AS(map.put("key", "value"), std::logic_error);
}
