// SPDX-License-Identifier: MIT
// Rings, diffs, plans and transitions with `import quoit;`, without any include of quoit.
#include <cstddef>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "check.hpp"

import quoit;

#if defined(QUOIT_VERSION_STRING)
#error "a module exports no macro, so a header of quoit was included"
#endif

namespace {

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

void use_rings() {
  quoit::ring<std::string> ring;
  ring.add("cache-a");
  ring.add("cache-b", {.weight = 2, .domain = "eu/zone-1"});
  ring.add("cache-c");
  CHECK(ring.owner("user:42") == "cache-a");
  CHECK(ring.owner(quoit::key_hash{ring.position("user:42")}) == "cache-a");
  const auto copies = ring.replicas("user:42", 2, quoit::spread::domains);
  CHECK(copies.size() == 2 && copies[0] == "cache-a");
  CHECK(quoit::hash_key(quoit::xxh3{}, "user:42", 0) == ring.position("user:42"));

  const auto before = ring;
  ring.add("cache-d");
  const auto moves = quoit::diff(before, ring);
  CHECK(moves.moved() == moves.minimum() && moves.moved() == quoit::moved_share(before, ring));
  CHECK(printed(moves.moved()) == quoit::to_string(moves.moved()));
  for (const auto& move : moves) {
    CHECK(*move.to == "cache-d");
    CHECK(printed(move) == quoit::to_string(move) && printed(move.range) == quoit::to_string(move.range));
  }
  CHECK(printed(ring.arcs().front()) == quoit::to_string(ring.arcs().front()));
  CHECK(printed(ring.fingerprint()) == quoit::to_string(ring.fingerprint()));
  CHECK(ring.fingerprint() != before.fingerprint());

  const quoit::balance<std::string> loads = quoit::balance_of(ring);
  CHECK(loads.size() == 4 && loads.max_over_mean() < 1.5);

  for (int i = 0; i < 1000; ++i) {
    const std::string key = "key-" + std::to_string(i);
    CHECK(before.owner(key) == owner_by_include(key));
  }
}

void use_tables() {
  std::vector<quoit::node_spec<std::string>> nodes = {{"a", 1, "x"}, {"b", 1, "y"}, {"c", 1, "z"}};
  const quoit::slot_table<> before = quoit::build(nodes, {.slots = 64, .replicas = 2});
  nodes.push_back({"d", 1, "x"});
  const auto plan = quoit::plan(before, nodes, {.spread = quoit::spread_rule::strict()});
  CHECK(plan.report().moves == 32 && plan.report().lower_bound == 32);

  quoit::transition transition(before, plan.after());
  CHECK(transition.how() == quoit::access::replicated && transition.moves().size() == 32);
  while (!transition.finished()) {
    const std::size_t move = transition.startable().front();
    transition.begin(move);
    CHECK(transition.write_set_at(transition.parts()[transition.moves()[move].part].range.to).size() == 3);
    transition.copied(move);
    transition.finish(move);
    CHECK(transition.stage(move) == quoit::move_stage::done);
  }
  CHECK(quoit::table_now(transition) == plan.after() && !(plan.after() == before));
}

}  // namespace

int main() {
  use_rings();
  use_tables();
  use_maps();
  use_own_types();
}
