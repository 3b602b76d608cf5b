// SPDX-License-Identifier: MIT
// views: every state that a real quoit::transition of one move can take up to an epoch, with the steps that it gives to
// clients. A model names a view by epoch and stage, in two bytes, and asks here what a client with that view does.
//
//   transition ──begin, copied, finish, back──▶ transition      each one is replaced by restore(save()) at once
//
// Two ways to the same epoch and stage must give the same steps, with or without a restart between: the constructor
// requires it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

namespace test::protocol {

using quoit::access;
using quoit::action;
using quoit::move_stage;
using table = quoit::slot_table<>;
using transition = quoit::transition<table>;

/// The nodes are a, b, c, d.
inline constexpr const char* names[] = {"a", "b", "c", "d"};
inline constexpr const char* clients[] = {"X", "Y"};

/// A table of one slot that these nodes hold.
inline table held_by(std::initializer_list<std::uint32_t> list) {
  return table({{"a"}, {"b"}, {"c"}, {"d"}}, list, {.slots = 1, .replicas = list.size()});
}

enum class kind : std::uint8_t { read, write, erase };
inline constexpr const char* kind_names[] = {"reads", "writes", "erases"};

/// One step of an operation.
struct step {
  std::uint8_t node = 0;
  action what = action::use;
  bool in_old = false, in_new = false;
  friend bool operator==(const step&, const step&) = default;
};

/// What clients do with a view.
struct view {
  std::array<std::vector<step>, 3> steps;  // of a kind
  std::array<bool, 3> both{};              // whether the kind needs a quorum of each list
  std::vector<move_stage> next;            // the stages that one change leads to
  friend bool operator==(const view&, const view&) = default;
};

/// The steps of the move.
enum class change : std::uint8_t { begin, copied, finish, back };

inline void apply(transition& t, change what) {
  switch (what) {
  case change::begin:
    return t.begin(0);
  case change::copied:
    return t.copied(0);
  case change::finish:
    return t.finish(0);
  case change::back:
    return t.back(0);
  }
}

class views {
 public:
  /// Of a transition of one move, up to an epoch.
  views(const transition& first, std::uint8_t last_epoch) : last_epoch_(last_epoch) {
    visit(first);
    const auto& move = first.moves().at(0);
    if (first.moves().size() != 1) throw std::logic_error("a model has one move");
    to = node_of(move.to);
    replaces = node_of(move.replaces);
    source = node_of(move.source);
  }

  [[nodiscard]] const view& at(std::uint8_t epoch, move_stage stage) const { return views_.at(key(epoch, stage)); }
  [[nodiscard]] std::uint8_t last_epoch() const noexcept { return last_epoch_; }
  [[nodiscard]] std::size_t size() const noexcept { return views_.size(); }
  /// All transitions, as they were restored.
  [[nodiscard]] const std::vector<transition>& transitions() const noexcept { return all_; }

  static constexpr std::uint8_t no_node = 9;
  std::uint8_t to = no_node, source = no_node, replaces = no_node;  ///< of the move at the beginning

 private:
  static std::uint32_t key(std::uint64_t epoch, move_stage stage) {
    return static_cast<std::uint32_t>(epoch) * 8 + static_cast<std::uint32_t>(stage);
  }
  static std::uint8_t node_of(const std::string* name) {
    return name == nullptr ? no_node : static_cast<std::uint8_t>(name->front() - 'a');
  }

  void visit(const transition& given) {
    const std::string bytes = given.save();
    const transition t = transition::restore(given.before(), given.after(), bytes);
    if (t.save() != bytes || view_of(t) != view_of(given)) throw std::logic_error("restore() changed a transition");
    if (std::find(saved_.begin(), saved_.end(), bytes) != saved_.end()) return;
    saved_.push_back(bytes);
    all_.push_back(t);
    view v = view_of(t);
    for (const change c : {change::begin, change::copied, change::finish, change::back}) {
      transition changed = t;
      try {
        apply(changed, c);
      } catch (const std::logic_error&) {
        continue;  // not possible at this stage
      }
      v.next.push_back(changed.stage(0));
      if (changed.epoch() <= last_epoch_) visit(changed);
    }
    const auto [place, fresh] = views_.emplace(key(t.epoch(), t.stage(0)), v);
    if (!fresh && place->second != v) throw std::logic_error("the steps depend on more than epoch and stage");
  }

  static view view_of(const transition& t) {
    view v;
    const quoit::access_set<std::string> sets[] = {t.read_set_at(0), t.write_set_at(0), t.erase_set_at(0)};
    for (std::size_t i = 0; i < 3; ++i) {
      for (const auto& one : sets[i]) v.steps[i].push_back({node_of(one.at), one.what, one.in_old, one.in_new});
      v.both[i] = sets[i].both_quorums();
    }
    return v;
  }

  std::uint8_t last_epoch_;
  std::map<std::uint32_t, view> views_;
  std::vector<std::string> saved_;
  std::vector<transition> all_;
};

}  // namespace test::protocol
