// SPDX-License-Identifier: MIT
// A slot table and its plans: what each node holds, what the next table costs, and which promises it keeps.
//
//   slot_plan [PICTURE]     PICTURE: the file for the picture; by default, slot_plan.svg in the folder of the program
#include <quoit/plan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/output_file.hpp"
#include "demo/slot_picture.hpp"

using table_type = quoit::slot_table<>;
using nodes_type = std::vector<quoit::node_spec<std::string>>;

// The zone of a domain: "eu/zone-a/rack-1" up to the second slash.
std::string zone_of(std::string_view domain) {
  return std::string(domain.substr(0, domain.find('/', domain.find('/') + 1)));
}

std::size_t zones_of(const table_type& table, std::uint64_t slot) {
  std::set<std::string> zones;
  for (const std::string& node : table.replicas_of(slot)) zones.insert(zone_of(table.find_node(node)->domain));
  return zones.size();
}

// Counted from the table itself, so that the example does not rely on the report.
std::size_t fewest_zones(const table_type& table) {
  std::size_t fewest = table.replica_count();
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) fewest = std::min(fewest, zones_of(table, slot));
  return fewest;
}

struct holding {
  std::size_t copies = 0, primaries = 0;
};

holding held_by(const table_type& table, std::string_view node) {
  holding sum;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    for (const std::string& holder : table.replicas_of(slot)) sum.copies += holder == node ? 1U : 0U;
    sum.primaries += *table.find_at(slot) == node ? 1U : 0U;
  }
  return sum;
}

void print_holdings(const table_type& table) {
  for (const auto& [node, weight, domain, leader_weight] : table.nodes()) {
    const auto [copies, primaries] = held_by(table, node);
    std::cout << "  " << node << "  " << domain << "  weight " << weight << "  " << copies << " copies, primary of "
              << primaries << " slots\n";
  }
}

// Prints the figures of the report as sentences.
void print_plan(std::string_view title, const quoit::slot_plan<table_type>& plan) {
  const quoit::plan_report& report = plan.report();
  std::cout << '\n' << title << '\n';
  std::cout << "  " << report.moves << " copies move; "
            << (report.optimal ? "proved: fewer moves cannot give this balance and this spread"
                               : "at least " + std::to_string(report.lower_bound) + " must move")
            << '\n';
  if (report.repairs > 0) std::cout << "  " << report.repairs << " of them replace lost copies: make them first\n";
  if (report.lost_slots > 0) std::cout << "  " << report.lost_slots << " slots have no copy left\n";
  std::cout << "  " << report.moved_slots << " of " << plan.after().slot_count() << " slots change; "
            << report.primaries_changed << " get another primary, " << report.primaries_forced
            << " of them because the old one no longer holds the slot\n";
  std::cout << "  a node receives at most " << report.max_in << " and sends at most " << report.max_out << ": "
            << (report.rounds == 1 ? "1 round" : std::to_string(report.rounds) + " rounds")
            << ", if a node receives one and sends one copy per round\n";
  std::cout << "  loads are " << report.min_load << " to " << report.max_load << " copies, every slot is in "
            << fewest_zones(plan.after()) << " zones";
  if (report.slack > 0) std::cout << "; because of pins, loads differ from their share by up to " << report.slack;
  std::cout << '\n';
}

// The same cluster under each rule: a large zone, and two zones that are too small to take a third of all copies each.
void compare_spread_rules() {
  const nodes_type uneven = {{"a1", 2, "eu/zone-a"}, {"a2", 2, "eu/zone-a"}, {"a3", 2, "eu/zone-a"},
                             {"a4", 2, "eu/zone-a"}, {"b1", 1, "eu/zone-b"}, {"c1", 1, "eu/zone-c"}};
  std::cout
      << "\nAn uneven cluster, 48 slots, 3 copies. zone-a has four nodes of weight 2, each with a share by weight "
         "of 28.8 copies;\n"
         "zone-b and zone-c have one node of weight 1 each, with a share of 14.4\n";
  const std::vector<std::pair<std::string_view, quoit::spread_rule>> rules = {
      {"strict()      ", quoit::spread_rule::strict()},
      {"at_least(2, 2)", quoit::spread_rule::at_least(2, 2)},  // two domains of level 2; "eu" is level 1
      {"overload(1000)", quoit::spread_rule::overload(1000)},  // strict, but no node above twice its share by weight
      {"overload(500) ", quoit::spread_rule::overload(500)},   // the same with one and a half times its share
      {"weighted()    ", quoit::spread_rule::weighted()}};
  for (const auto& [name, rule] : rules) {
    const auto table = quoit::build(uneven, {.slots = 48, .replicas = 3}, {.spread = rule});
    std::vector<std::size_t> slots_in(4);
    for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) ++slots_in[zones_of(table, slot)];
    std::cout << "  " << name << "  copies";
    for (const auto& node : table.nodes()) std::cout << ' ' << node.node << ':' << held_by(table, node.node).copies;
    std::cout << "  slots in 3 zones: " << slots_in[3] << ", in 2: " << slots_in[2] << ", in 1: " << slots_in[1]
              << '\n';
  }
}

void show(const demo::output_file& picture_file) {
  nodes_type nodes = {{"a1", 1, "eu/zone-a/rack-1"}, {"a2", 1, "eu/zone-a/rack-2"}, {"b1", 1, "eu/zone-b/rack-1"},
                      {"b2", 1, "eu/zone-b/rack-2"}, {"c1", 1, "eu/zone-c/rack-1"}, {"c2", 1, "eu/zone-c/rack-2"},
                      {"d1", 1, "eu/zone-d/rack-1"}, {"d2", 1, "eu/zone-d/rack-2"}};
  const auto at = [&](std::string_view name) {
    return std::find_if(nodes.begin(), nodes.end(), [&](const auto& spec) { return spec.node == name; });
  };
  std::vector<demo::slot_scene> scenes;
  const auto keep = [&](const std::string& title, const quoit::slot_plan<table_type>& plan, const std::string& more) {
    const auto& report = plan.report();
    scenes.push_back({title,
                      std::to_string(report.moves) +
                          (report.optimal ? " copies move, the least possible" : " copies move") + more +
                          "; every slot stays in " + std::to_string(fewest_zones(plan.after())) + " zones",
                      plan.after()});
  };

  // The first table. 48 slots fit into a picture; 16,384 are common.
  const auto first = quoit::build(nodes, {.slots = 48, .replicas = 3});
  std::cout << "8 nodes in 4 zones, " << first.slot_count() << " slots, " << first.replica_count()
            << " copies of each\n";
  print_holdings(first);
  const auto slot = first.position("user:42");
  std::cout << "  user:42 is in slot " << slot << ", with copies on";
  for (const std::string& node : first.replicas_of(slot)) std::cout << ' ' << node;
  std::cout << '\n';
  scenes.push_back({"8 nodes in 4 zones",
                    std::to_string(held_by(first, "a1").copies) + " copies on each; every slot is in " +
                        std::to_string(fewest_zones(first)) + " zones",
                    first});

  // A node joins. Plan from the table in force, with the future nodes.
  nodes.push_back({"e1", 2, "eu/zone-e/rack-1"});
  const auto join = quoit::plan(first, nodes);
  print_plan("e1 joins, in a new zone and with weight 2", join);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& move = join.moves()[i];
    std::cout << "  move " << i + 1 << ": " << *move.to << " gets slot " << move.slot << ", then " << *move.replaces
              << " may drop it\n";
  }
  keep("e1 joins, with twice the weight", join,
       join.report().max_in == join.report().moves ? ", all of them to e1" : "");

  // A node fails. It is no longer in the list, so nothing is copied from it.
  nodes.erase(at("a1"));
  const auto loss = quoit::plan(join.after(), nodes);
  print_plan("a1 is lost", loss);
  keep("a1 is lost", loss, ": " + std::to_string(loss.report().repairs) + " replace its copies");

  // A node drains: with weight 0 it gives up all its copies, and can send them until then.
  at("b2")->weight = 0;
  const auto drain = quoit::plan(loss.after(), nodes);
  print_plan("b2 drains", drain);
  keep("b2 drains", drain, "");
  nodes.erase(at("b2"));
  const auto leave = quoit::plan(drain.after(), nodes);
  std::cout << "  when it leaves afterwards, " << leave.report().moves << " copies move\n";

  // Slots that must not move now, because they moved an hour ago or are being copied.
  std::vector<std::uint64_t> pinned(40);
  std::iota(pinned.begin(), pinned.end(), std::uint64_t{0});
  nodes.push_back({"b3", 1, "eu/zone-b/rack-3"});
  const auto held = quoit::plan(leave.after(), nodes, {.pinned = pinned});
  print_plan("b3 joins, and slots 0 to 39 are pinned", held);
  print_plan("without pins: the remaining moves", quoit::plan(held.after(), nodes));

  compare_spread_rules();

  // plan() throws if a request is impossible, and the message says why.
  std::cout << "\nEvery slot in six zones\n";
  try {
    static_cast<void>(quoit::plan(leave.after(), nodes, {.spread = quoit::spread_rule::at_least(6, 2), .replicas = 6}));
  } catch (const std::invalid_argument& error) {
    std::cout << "  " << error.what() << '\n';
  }

  picture_file.write(
      demo::slot_picture("A slot table and its next three: 48 slots, 3 copies of each",
                         "A column is a slot, a row is a node. Each plan keeps loads within one copy of their "
                         "share, keeps the copies of a slot in different zones, and moves the fewest copies.",
                         std::move(scenes))
          .draw());
}

int main(int argc, char** argv) {
  try {
    const std::filesystem::path beside = std::filesystem::path(argv[0]).replace_extension(".svg");
    show(demo::output_file(argc > 1 ? std::filesystem::path(argv[1]) : beside));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
