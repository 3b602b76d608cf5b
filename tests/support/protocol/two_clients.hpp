// SPDX-License-Identifier: MIT
// two_clients: the events of a protocol with a coordinator and two clients, for models of search.hpp.
//
// A model derives from two_clients<Model>, makes it a friend, and has
//   coordinate(state, emit)    calls emit(state, event) for each event of the coordinator
//   act(state, i, emit)        the same for client i, 0 or 1
//   probe(state)               sets `bad` if a read of the state would be wrong now
//   normalise(state)           makes states equal that differ only in what no longer matters
#pragma once

#include <cstdint>

#include "support/protocol/search.hpp"

namespace test::protocol {

template <class Model>
class two_clients {
 public:
  template <class State, class Emit>
  void next(const State& s, const Emit& given) {
    Model& model = static_cast<Model&>(*this);
    const auto emit = [&](State to, const event& e) {
      if (to.bad == 0) model.probe(to);
      model.normalise(to);
      given(to, e);
    };
    model.coordinate(s, emit);
    for (std::uint8_t i = 0; i < 2; ++i) model.act(s, i, emit);
  }
};

}  // namespace test::protocol
