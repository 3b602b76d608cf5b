// SPDX-License-Identifier: MIT
// node_table against std::map: order, numbers and counts after random histories, and changes that fail.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <quoit/detail/ring/node_table.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::none;
using table_type = quoit::detail::node_table<std::string>;
using spec_type = quoit::node_spec<std::string>;

struct description {
  std::int64_t weight;
  std::string domain;
  std::uint32_t number;
};
using model_type = std::map<std::string, description>;

std::string difference(const table_type& table, const model_type& model) {
  if (table.size() != model.size() || table.order().size() != model.size()) return "size";
  std::set<std::string> domains;
  std::set<std::uint32_t> numbers;
  std::size_t active = 0, index = 0;
  for (const auto& [id, what] : model) {
    const std::uint32_t number = table.order()[index];
    if (number >= table.numbers() || number != what.number || !numbers.insert(number).second) return "number of " + id;
    if (table[number].node != id || table.nodes()[index].node != id) return "order at " + id;
    if (table[number].weight != what.weight || table[number].domain != what.domain) return "description of " + id;
    if (table.find(id) != number || table.find(std::string_view(id)) != number) return "find() of " + id;
    if (*table.node(number) != id || table.domain(table.node(number)) != table.domain(number)) return "node() of " + id;
    if (index > 0 && (!table.has_smaller_id(table.order()[index - 1], number) ||
                      table.has_smaller_id(number, table.order()[index - 1])))
      return "has_smaller_id()";
    if (table.find(id + "!") != quoit::detail::none) return "find() of an id that is not in the table";
    if (what.weight > 0) {
      ++active;
      domains.insert(what.domain.empty() ? "\n" + id : what.domain);
    }
    ++index;
  }
  for (const auto& [id, what] : model) {
    for (const auto& [other, its] : model) {
      const bool same = id == other || (!what.domain.empty() && what.domain == its.domain);
      if ((table.domain(what.number) == table.domain(its.number)) != same) return "domains of " + id + " and " + other;
    }
  }
  if (table.active() != active) return "active()";
  if (table.max_distinct_domains() != domains.size()) return "max_distinct_domains()";
  return "";
}

const char* const some_domains[] = {"", "", "a", "b", "c", "a domain too long to be stored inline"};

}  // namespace

TEST_CASE("node_table: a random history", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  table_type table;
  model_type model;
  std::size_t peak = 0;
  const auto random_id = [&] { return "node-" + std::to_string(random.below(40)); };
  for (int step = 0; step < 1500; ++step) {
    const std::string id = random_id();
    const auto weight = static_cast<std::int64_t>(random.below(3));
    const std::string domain = some_domains[random.below(6)];
    const auto at = model.find(id);
    if (random.chance(60)) {
      // A new set of nodes. Nodes of the old set keep their numbers.
      std::vector<spec_type> specs;
      model_type next;
      for (int i = 0; i < 40; ++i) {
        const std::string some = random_id();
        if (next.emplace(some, description{weight, domain, quoit::detail::none}).second)
          specs.push_back({some, weight, domain});
      }
      std::sort(specs.begin(), specs.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
      table_type made(table, specs);
      for (auto& [some, what] : next) {
        const auto old = model.find(some);
        what.number = made.find(some);
        if (old != model.end()) REQUIRE(what.number == old->second.number);
      }
      REQUIRE(difference(table, model) == "");
      table.swap(made);
      model.swap(next);
      REQUIRE(difference(made, next) == "");
      REQUIRE(table.numbers() <= std::max(peak, model.size()));
      peak = table.numbers();
    } else if (at == model.end()) {
      const std::uint32_t number = table.add({id, weight, domain});
      model[id] = {weight, domain, number};
    } else if (random.chance(2)) {
      table.remove(at->second.number);
      model.erase(at);
    } else {
      table.set_weight(at->second.number, weight);
      at->second.weight = weight;
    }
    peak = std::max(peak, model.size());
    REQUIRE(table.numbers() <= peak);  // numbers are used again
    REQUIRE(difference(table, model) == "");
    if (random.chance(20)) {
      table_type copy = table;
      REQUIRE(difference(copy, model) == "");
      if (model.count("zz") == 0) {
        copy.add({"zz", 1, ""});
        copy.remove(copy.find("zz"));
      }
      REQUIRE(difference(table, model) == "");
      table_type moved = std::move(table);
      REQUIRE(difference(table, {}) == "");  // NOLINT: use after move is the test
      REQUIRE(table.numbers() == 0);
      table = copy;
      peak = std::max(peak, table.numbers());
    }
  }
}

TEST_CASE("node_table: an add that fails changes nothing", "[detail]") {
  // With and without free numbers; a table that has grown, a copy, and one that was made at once. They have spare
  // capacity in different vectors.
  for (const bool removed : {false, true}) {
    for (const int made : {0, 1, 2}) {
      for (const int nodes : {0, 1, 4, 7, 8, 16}) {
        INFO("removed one: " << removed << ", made " << made << ", nodes: " << nodes);
        table_type grown;
        model_type model;
        for (int i = 0; i < nodes; ++i) {
          const std::string id = "node-" + std::to_string(i);
          model[id] = {1, "a", grown.add({id, 1, "a"})};
        }
        if (removed && nodes > 0) {
          grown.remove(model["node-0"].number);
          model.erase("node-0");
        }
        std::vector<spec_type> specs;
        for (const auto& [id, what] : model) specs.push_back({id, what.weight, what.domain});
        for (std::size_t n = 0; n < 100; ++n) {
          table_type table = made == 0 ? table_type(grown) : made == 1 ? table_type(grown, specs) : table_type();
          if (made == 2) {
            for (const auto& spec : specs) table.add(spec);
            if (removed) table.remove(table.add({"zz", 1, ""}));
          }
          auto expected = model;
          for (auto& [id, what] : expected) what.number = table.find(id);
          spec_type spec{"a node whose id is too long to be stored inline", 2, "a domain that is too long as well"};
          std::uint32_t number = quoit::detail::none;
          {
            const test::failing_allocations fail(n);
            try {
              number = table.add(std::move(spec));
            } catch (const std::bad_alloc&) {
            }
          }
          if (number != quoit::detail::none) {
            expected["a node whose id is too long to be stored inline"] = {2, "a domain that is too long as well",
                                                                           number};
            REQUIRE(difference(table, expected) == "");
            break;
          }
          INFO("allocation " << n);
          REQUIRE(difference(table, expected) == "");
          // The table still works.
          expected["b"] = {1, "a", table.add({"b", 1, "a"})};
          REQUIRE(difference(table, expected) == "");
          table.remove(expected["b"].number);
          expected.erase("b");
          REQUIRE(difference(table, expected) == "");
        }
      }
    }
  }
}

TEST_CASE("node_table: removing nodes and changing weights never allocate", "[detail]") {
  table_type grown;
  for (int i = 0; i < 50; ++i) grown.add({"node-" + std::to_string(i), 1, i % 2 == 0 ? "" : "a"});
  table_type copy = grown;
  const test::failing_allocations no_allocation(0);
  for (table_type* table : {&grown, &copy}) {
    while (table->size() > 0) {
      table->set_weight(table->order()[0], 0);
      table->remove(table->order()[table->size() / 2]);
    }
  }
  CHECK(copy.size() == 0);
}

TEST_CASE("node_table: match() visits every id once, in order", "[detail]") {
  table_type table;
  for (const char* id : {"b", "d", "f"}) table.add({id, 1, ""});
  std::string met;
  table_type::match(table, {{"a", 1, ""}, {"b", 1, ""}, {"e", 1, ""}, {"f", 1, ""}, {"g", 1, ""}},
                    [&](std::uint32_t number, std::size_t index) {
                      met += number == quoit::detail::none ? "-" : table[number].node;
                      met += index == quoit::detail::none ? "-" : std::to_string(index);
                      met += ' ';
                    });
  CHECK(met == "-0 b1 d- -2 f3 -4 ");
}
