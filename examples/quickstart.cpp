// SPDX-License-Identifier: MIT
// The README's first program: which node owns a key, which nodes hold its copies, and what moves when a node joins.
#include <quoit/ring.hpp>

#include <iostream>
#include <string>

int main() {
  quoit::ring<std::string> ring;
  ring.add("cache-a");
  ring.add("cache-b", {.weight = 2, .domain = "eu/zone-1"});
  ring.add("cache-c");

  std::cout << "owner of user:42:  " << ring.owner("user:42") << "\ncopies of user:42:";
  for (const auto& node : ring.replicas("user:42", 2)) std::cout << ' ' << node;

  const auto before = ring;
  ring.add("cache-d");
  const auto moves = quoit::diff(before, ring);  // exactly which arcs move, and between which nodes
  std::cout << "\n\ncache-d joins: " << moves.size() << " moves, the first three:\n";
  for (int i = 0; const auto& move : moves) {
    if (i++ < 3) std::cout << "  " << move << '\n';
  }
  std::cout << "moved " << moves.moved() << " of all keys; the least possible: " << moves.minimum() << '\n';
}
