// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <iostream>
#include "catch2.hpp"
#include "support/protocol/search.hpp"
#include "support/protocol/replicated.hpp"
using namespace test::protocol;
TEST_CASE("repl") {
  for (int ch=0;ch<4;++ch) for (int le : {4,5}) for (int cr : {0,1})  for (int op : {1,2}) {
    replicated_bounds b; b.last_epoch=le; b.crashes=cr; b.operations=op;
    auto r = search(replicated_model(replicated_change(ch), replicated_order::right,b), 3'000'000);
    std::cout << ch << ' ' << le << ' ' << cr << ' ' << op << ' ' << r.states << ' ' << r.events << ' ' << r.complete << '\n' << r.trace << std::endl;
    if(!r.complete) break;
  }
}
TEST_CASE("wrong") {
  for (int o=1;o<=10;++o) for (int ch=0;ch<4;++ch) {
    replicated_bounds b; b.last_epoch=5; b.crashes=o==10; b.operations=1;
    auto r = search(replicated_model(replicated_change(ch), replicated_order(o), b), 3'000'000);
    std::cout << o << ' ' << ch << ' ' << r.states << ' ' << r.complete << '\n' << r.trace << std::endl;
    if (!r.trace.empty()) break;
  }
}
