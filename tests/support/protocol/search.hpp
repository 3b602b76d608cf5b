// SPDX-License-Identifier: MIT
// search: visits every state that a model can reach, breadth first, and reports the shortest way to a violation.
//
// A model has
//   state                a struct of std::uint8_t without padding; `bad` is not 0 after a violation
//   initial(emit)        calls emit(state) for each first state
//   next(state, emit)    calls emit(state, event) for each event that may happen, in a fixed order
//   describe(state)      the state as text
//
// States are kept in the order in which they are found, with the number of their predecessor. The events of the trace
// are found again by next(), so a state costs its own bytes and eight more. Rejected: std::unordered_set, which needs
// three times the memory; depth first, whose first violation may be a thousand events long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace test::protocol {

/// What happened between two states, for a trace.
struct event {
  const char* what = "";
  const char* who = "";  ///< the client or the coordinator
  const char* at = "";   ///< the node
  int value = -1;        ///< an epoch, a version or a value; -1 for none
};

inline std::string text_of(const event& e) {
  std::string text = std::string(e.who) + ": " + e.what;
  if (*e.at != '\0') text += std::string(" ") + e.at;
  if (e.value >= 0) text += " " + std::to_string(e.value);
  return text;
}

/// The outcome of a search.
struct outcome {
  std::size_t states = 0;  ///< that were visited
  std::size_t events = 0;  ///< between them
  bool complete = false;   ///< whether every reachable state was visited
  std::string trace;       ///< the shortest way to a violation; empty if there is none
};

template <class Model>
class searcher {
 public:
  using state = typename Model::state;
  static_assert(std::has_unique_object_representations_v<state>, "two equal states must have equal bytes");

  explicit searcher(Model& model) : model_(model), table_(std::size_t{1} << 16, none) {}

  /// Stops at the first violation, or when `most` states are known.
  outcome run(std::size_t most) {
    outcome result;
    model_.initial([&](const state& s) { add(s, none); });
    std::size_t at = 0;
    for (; at < states_.size() && states_.size() < most; ++at) {
      const state from = states_[at];
      if (from.bad != 0) {
        result.trace = trace(at);
        break;
      }
      model_.next(from, [&](const state& s, const event&) {
        ++result.events;
        add(s, static_cast<std::uint32_t>(at));
      });
    }
    result.states = states_.size();
    result.complete = at == states_.size();
    return result;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  static std::uint64_t hash(const state& s) noexcept {
    unsigned char bytes[(sizeof(state) + 7) / 8 * 8] = {};
    std::memcpy(bytes, &s, sizeof(state));
    std::uint64_t h = sizeof(state);
    for (std::size_t i = 0; i < sizeof bytes; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + i, 8);
      h = (h ^ word) * 0x9E3779B97F4A7C15U;
      h ^= h >> 29U;
    }
    return h * 0xBF58476D1CE4E5B9U;
  }

  std::size_t slot_of(const state& s) const noexcept {
    const std::size_t mask = table_.size() - 1;
    std::size_t i = static_cast<std::size_t>(hash(s) >> 32U) & mask;
    while (table_[i] != none && std::memcmp(&states_[table_[i]], &s, sizeof(state)) != 0) i = (i + 1) & mask;
    return i;
  }

  void add(const state& s, std::uint32_t parent) {
    const std::size_t slot = slot_of(s);
    if (table_[slot] != none) return;
    table_[slot] = static_cast<std::uint32_t>(states_.size());
    states_.push_back(s);
    parents_.push_back(parent);
    if (states_.size() * 3 <= table_.size() * 2) return;
    std::vector<std::uint32_t>(table_.size() * 2, none).swap(table_);
    for (std::size_t i = 0; i < states_.size(); ++i) table_[slot_of(states_[i])] = static_cast<std::uint32_t>(i);
  }

  std::string trace(std::size_t last) const {
    std::vector<std::size_t> path;
    for (std::size_t i = last; i != none; i = parents_[i]) path.insert(path.begin(), i);
    std::string text = "    begin: " + model_.describe(states_[path.front()]) + '\n';
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      const state& to = states_[path[i + 1]];
      bool found = false;
      model_.next(states_[path[i]], [&](const state& s, const event& e) {
        if (found || std::memcmp(&s, &to, sizeof(state)) != 0) return;
        found = true;
        text += "    " + text_of(e) + "   | " + model_.describe(to) + '\n';
      });
    }
    return text;
  }

  Model& model_;
  std::vector<state> states_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::uint32_t> table_;
};

template <class Model>
outcome search(Model model, std::size_t most) {
  return searcher<Model>(model).run(most);
}

}  // namespace test::protocol
