// SPDX-License-Identifier: MIT
// Fuzz target: a row of operations on a ring, compared with a model that reads all vnodes for each lookup. Each byte is
// a decision; the first chooses the type of the ring, with 8-bit hashes under which most vnodes collide.
#include <quoit/ring.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fuzz/domains.hpp"
#include "fuzz/target.hpp"
#include "support/choices.hpp"
#include "support/hashes.hpp"
#include "support/ring/checks.hpp"
#include "support/ring/model.hpp"

namespace {

using test::fuzz::plain;

template <class Ring>
class ring_fuzzer {
  using node_type = typename Ring::node_type;
  using model_type = test::ring_model<node_type, typename Ring::hash_type, typename Ring::slots_type>;
  using map_type = decltype(model_type::nodes);

 public:
  explicit ring_fuzzer(test::byte_choices& c)
      : c_(c), vnodes_(1 + static_cast<std::int64_t>(c.below(3))), seed_(c.below(4)),
        ring_({.vnodes = vnodes_, .seed = seed_}), model_(vnodes_, seed_) {}

  void run() {
    for (int steps = 0; c_.more() && steps < 40; ++steps) {
      step();
      check();
    }
  }

 private:
  node_type choose_id() {
    if constexpr (std::is_same_v<node_type, std::string>) {
      static const char* const stems[] = {"", "n", "node", "node1"};
      std::string id = stems[c_.below(4)];
      if (const std::uint64_t digit = c_.below(9); digit != 0) id += std::to_string(digit);
      return id;
    } else {
      return static_cast<node_type>(static_cast<std::int64_t>(c_.below(16)) - 8);
    }
  }
  // The model has the normal form.
  std::string choose_domain() { return test::fuzz::domains[c_.below(std::size(test::fuzz::domains))]; }
  std::int64_t choose_weight() { return static_cast<std::int64_t>(c_.below(6)) - 1; }

  // A change that must succeed exactly if the model says so, and otherwise change nothing.
  template <class Change>
  void change(bool possible, const Change& apply) {
    const Ring before = ring_;
    bool done = true;
    try {
      apply();
    } catch (const std::invalid_argument& error) {
      done = false;
      test::fuzz::check_message(error);
      test::expect(ring_ == before && ring_.fingerprint() == before.fingerprint(),
                   "a refused change changed something");
    }
    test::expect(done == possible, possible ? "a change is refused" : "an impossible change succeeds");
  }

  void step() {
    const node_type id = choose_id();
    const bool present = model_.nodes.count(id) != 0;
    switch (c_.below(10)) {
    case 0:
    case 1:
    case 2: {
      const std::int64_t weight = choose_weight();
      const std::string domain = choose_domain();
      change(!present && weight >= 0, [&] { ring_.add(id, {.weight = weight, .domain = domain}); });
      if (!present && weight >= 0) model_.nodes[id] = {weight, plain(domain)};
      break;
    }
    case 3:
      change(present, [&] { ring_.remove(id); });
      model_.nodes.erase(id);
      break;
    case 4:
    case 5: {
      const std::int64_t weight = choose_weight();
      change(present && weight >= 0, [&] { ring_.set_weight(id, weight); });
      if (present && weight >= 0) model_.nodes[id].weight = weight;
      break;
    }
    case 6:
      set_domain(id, present);
      break;
    case 7:
      assign();
      break;
    case 8:
      copy_and_move();
      break;
    default:
      look_up();
    }
  }

  void set_domain(const node_type& id, bool present) {
    const std::string domain = choose_domain();
    const auto has_member = []<class R>(R& r, const auto& of, const std::string& to) {
      if constexpr (requires { r.set_domain(of, to); }) return r.set_domain(of, to), true;
      else return false;
    };
    bool exists = false;
    if (present) {
      exists = has_member(ring_, id, domain);
      if (exists) model_.nodes[id].domain = plain(domain);
    }
  }

  void assign() {
    map_type wanted;
    std::vector<quoit::node_spec<node_type>> specs;
    bool possible = true;
    for (std::uint64_t count = c_.below(6); count > 0; --count) {
      const node_type id = choose_id();
      const std::int64_t weight = choose_weight();
      const std::string domain = choose_domain();
      specs.push_back({id, weight, domain});
      possible =
          wanted.emplace(id, typename model_type::description{weight, plain(domain)}).second && weight >= 0 && possible;
    }
    quoit::assign_result expected;
    for (const auto& [id, what] : model_.nodes) expected.removed += wanted.count(id) == 0 ? 1U : 0U;
    for (const auto& [id, what] : wanted) {
      const auto old = model_.nodes.find(id);
      if (old == model_.nodes.end()) ++expected.added;
      else if (old->second.weight != what.weight || old->second.domain != what.domain) ++expected.changed;
    }
    quoit::assign_result result;
    change(possible, [&] { result = ring_.assign(specs); });
    if (!possible) return;
    test::expect(result == expected, "assign() counts other changes");
    model_.nodes = wanted;
  }

  void copy_and_move() {
    Ring copy = ring_;
    switch (c_.below(4)) {
    case 0:
      ring_ = copy;
      break;
    case 1:
      ring_ = std::move(copy);
      break;
    case 2: {
      Ring moved = std::move(ring_);
      ring_ = std::move(moved);
      break;
    }
    default:  // a copy is an object of its own
      if (!model_.nodes.empty()) copy.remove(model_.nodes.begin()->first);
      std::swap(copy, ring_);
      std::swap(copy, ring_);
    }
  }

  void look_up() {
    model_.rebuild();
    const std::string key(1 + c_.index(3), static_cast<char>(c_.below(256)));
    const std::uint64_t position = ring_.position(key);
    compare(position, c_.index(12));
    const auto* const node = ring_.find(key);
    test::expect(node == ring_.find_at(position), "find() and find_at() differ");
    const std::vector<std::string> keys{key, "x", key};
    const auto owners = ring_.owners(keys);
    test::expect(owners.size() == 3 && owners[0] == node && owners[2] == node && owners[1] == ring_.find("x"),
                 "owners() and find() differ");
  }

  void compare(std::uint64_t position, std::size_t k) {
    const auto owner = model_.owner(position);
    const auto* const found = ring_.find_at(position);
    test::expect((found != nullptr) == owner.has_value() && (found == nullptr || *found == *owner), "another owner at",
                 position);
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      std::vector<const node_type*> list(k);
      list.resize(ring_.preferred(position, list, apart));
      const auto expected = model_.preferred(position, k, apart);
      test::expect(std::ranges::equal(list, expected, [](const auto* a, const auto& b) { return *a == b; }),
                   "another preference list at", position);
    }
    walk_lazily(ring_, position, k);
  }

  // find_if() and walk(), if this version has them.
  template <class R>
  void walk_lazily(const R& ring, std::uint64_t position, std::size_t k) {
    if constexpr (std::is_same_v<typename R::slots_type, quoit::whole_circle>) {
      const auto order = model_.preferred(position, ~std::size_t{0}, quoit::spread::nodes);
      const auto wanted = [&](const node_type& node) { return order.size() > k && node == order[k]; };
      const quoit::key_hash key{position};
      if constexpr (requires { ring.find_if(key, wanted); }) {
        const node_type* const found = ring.find_if(key, wanted);
        test::expect((found != nullptr) == (k < order.size()) && (found == nullptr || *found == order[k]),
                     "find_if() finds another node at", position);
      }
      if constexpr (requires { ring.walk(key).begin(); }) {
        std::size_t i = 0;
        auto&& view = ring.walk(key);
        for (const auto& node : view) {
          if constexpr (requires { node == order[0]; }) test::expect(i < order.size() && node == order[i], "walk()", i);
          else test::expect(i < order.size() && *node == order[i], "walk()", i);
          ++i;
        }
        test::expect(i == order.size(), "walk() ends early", i);
      }
    }
  }

  void check() {
    model_.rebuild();
    if (++checks_ % 4 == 0) {
      const std::string broken = test::broken_invariant(ring_);
      test::expect(broken.empty(), broken.c_str());
    }
    test::expect(ring_.size() == model_.nodes.size(), "another number of nodes");
    test::expect(ring_.vnode_count() == model_.vnodes().size(), "another number of vnodes");
    auto at = model_.nodes.begin();
    for (const auto& node : ring_.nodes()) {
      test::expect(node.node == at->first && node.weight == at->second.weight &&
                       plain(node.domain) == at->second.domain,
                   "another node, weight or domain");
      ++at;
    }
    const std::uint64_t last = test::last_position(ring_);
    compare(0, 9);
    compare(last, 3);
    if (model_.vnodes().empty()) return;
    const std::uint64_t vnode = std::get<0>(model_.vnodes()[model_.vnodes().size() / 2]);
    compare(vnode, 5);
    if (vnode != last) compare(vnode + 1, 2);
  }

  test::byte_choices& c_;
  std::int64_t vnodes_;
  std::uint64_t seed_;
  int checks_ = 0;
  Ring ring_;
  model_type model_;
};

}  // namespace

void test::fuzz::ring_operations(input_bytes input) {
  byte_choices c(input);
  switch (c.below(6)) {
  case 0:
    return ring_fuzzer<quoit::ring<>>(c).run();
  case 1:
    return ring_fuzzer<quoit::ring<std::string, low_byte_hash>>(c).run();
  case 2:
    return ring_fuzzer<quoit::ring<std::int32_t, top_byte_hash>>(c).run();
  case 3:
    return ring_fuzzer<quoit::ring<std::int16_t, top_byte_hash, quoit::slots<7>>>(c).run();
  case 4:
    return ring_fuzzer<quoit::ring<std::string, constant_hash>>(c).run();
  default:
    return ring_fuzzer<quoit::ring<std::string, quoit::xxh64, quoit::slots<53>>>(c).run();
  }
}

QUOIT_FUZZ_TARGET(ring_operations);
