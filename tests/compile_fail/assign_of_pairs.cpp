// SPDX-License-Identifier: MIT
// A range of pairs: nothing says whether the number is a weight.
// expect: quoit: a pair or a tuple is not a node.*quoit::node_spec<Node>\{node, weight\}
#include <quoit/ring.hpp>

#include <string>
#include <utility>
#include <vector>

void f(quoit::ring<>& ring) {
#ifdef QUOIT_EXPECT_ERROR
  ring.assign(std::vector<std::pair<std::string, int>>{{"a", 2}});
#else
  ring.assign(std::vector<quoit::node_spec<std::string>>{{"a", 2}});
#endif
}
