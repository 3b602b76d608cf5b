// SPDX-License-Identifier: MIT
// holders: the model of a transition. For each slot the nodes that hold its data, as a coordinator with real servers
// would see them.
//
//   begin     the receiver has a part of the data; with access::store the sender has only the rest
//   copied    the receiver has all of it; with access::store the sender has nothing any more
//   finish    the replaced node drops its copy
//   back      the way back of each, and a lost node holds nothing
//
// It knows the moves and their stages before a step, and nothing of how the library chooses or checks them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/transition.hpp>

#include "support/choices.hpp"
#include "support/walk/plans.hpp"

namespace test::walk {

enum class amount { part, whole };

class holders {
 public:
  using stage = quoit::move_stage;

  holders(const transition& t, std::set<std::string> lost, quoit::spread apart)
      : lost_(std::move(lost)), store_(t.how() == quoit::access::store) {
    for (std::size_t p = 0; p < t.parts().size(); ++p) {
      place& at = places_.emplace_back();
      at.slot = t.parts()[p].range.to;
      at.before = preferred(t.before(), at.slot, t.replicas(), apart);
      at.after = preferred(t.after(), at.slot, t.replicas(), apart);
      for (const std::string& node : at.before) {
        if (lost_.count(node) == 0) at.data[node] = amount::whole;
      }
      at.had_data = !at.data.empty();
      at.fewest = (std::min)(at.data.size(), at.after.size());
    }
  }

  const std::set<std::string>& lost() const { return lost_; }
  bool failed_meanwhile() const { return failed_; }

  // ---- The steps. `t` is the transition after the step.

  void begun(const transition& t, std::size_t i) {
    const auto& move = t.moves()[i];
    if (move.to == nullptr) return;
    auto& data = places_[move.part].data;
    data[*move.to] = amount::part;
    if (store_ && move.replaces != nullptr && data.count(*move.replaces) != 0) data[*move.replaces] = amount::part;
  }
  void copied(const transition& t, std::size_t i) {
    const auto& move = t.moves()[i];
    if (move.to == nullptr) return;
    auto& data = places_[move.part].data;
    data[*move.to] = amount::whole;
    if (store_ && move.replaces != nullptr) data.erase(*move.replaces);
  }
  void finished(const transition& t, std::size_t i) {
    const auto& move = t.moves()[i];
    if (move.replaces != nullptr) places_[move.part].data.erase(*move.replaces);
  }
  void went_back(const transition& t, std::size_t i, stage from) {
    const auto& move = t.moves()[i];
    if (move.to == nullptr) return;
    auto& data = places_[move.part].data;
    const bool old_node = move.replaces != nullptr && lost_.count(*move.replaces) == 0;
    if (!store_) {
      if (from == stage::copied) data[*move.to] = amount::part;
      else data.erase(*move.to);
    } else if (from == stage::returning) {
      data.erase(*move.to);
      if (old_node && data.count(*move.replaces) != 0) data[*move.replaces] = amount::whole;
    } else {
      data[*move.to] = amount::part;
      if (old_node && places_[move.part].had_data) data[*move.replaces] = amount::part;
    }
  }
  /// `stages` and `sources` are those before the loss. Returns the stages after it.
  std::vector<stage> failed(const transition& t, const std::string& node, std::vector<stage> stages,
                            const std::vector<const std::string*>& sources) {
    if (!lost_.insert(node).second) return stages;
    failed_ = true;
    for (place& at : places_) at.data.erase(node);
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const auto& move = t.moves()[i];
      const stage was = stages[i];
      if (move.to == nullptr || was == stage::pending || was == stage::done) continue;
      auto& data = places_[move.part].data;
      const bool travels = was == stage::copying || was == stage::returning;
      if (travels && store_ && move.replaces != nullptr && *move.replaces == node) {
        stages[i] = stage::copied;
        if (*move.to != node) data[*move.to] = amount::whole;
      } else if (*move.to == node) {
        stages[i] = stage::pending;
        if (store_ && move.replaces != nullptr && data.count(*move.replaces) != 0) data[*move.replaces] = amount::whole;
      } else if (travels && sources[i] != nullptr && *sources[i] == node) {
        stages[i] = stage::pending;
        data.erase(*move.to);
      }
    }
    // A drop that could not be finished any more goes back.
    const auto drops = [&](std::size_t i) {
      const auto& move = t.moves()[i];
      return move.to == nullptr && stages[i] != stage::pending && stages[i] != stage::done &&
             lost_.count(*move.replaces) == 0;
    };
    for (std::size_t i = stages.size(); i-- > 0;) {
      if (!drops(i)) continue;
      const std::size_t part = t.moves()[i].part;
      std::vector<const std::string*> room(t.replicas());
      std::size_t needed = t.after().preferred(places_[part].slot, room);
      for (const std::uint32_t other : t.moves_of(part)) needed += other != i && drops(other) ? 1U : 0U;
      if (whole(part) <= needed) stages[i] = stage::pending;
    }
    // What counts from now on: copies that no way back can drop.
    for (std::size_t p = 0; p < places_.size(); ++p) {
      std::size_t sure = 0;
      for (const auto& [holder, how_much] : places_[p].data) {
        const bool may_go_back = std::ranges::any_of(t.moves_of(p), [&, name = holder](std::uint32_t i) {
          return t.moves()[i].to != nullptr && *t.moves()[i].to == name && stages[i] == stage::copied;
        });
        if (how_much == amount::whole && !may_go_back) ++sure;
      }
      const std::size_t one = places_[p].data.empty() || store_ ? 0 : 1;
      places_[p].fewest = (std::min)(places_[p].fewest, (std::max)(sure, whole(p) == 0 ? 0 : one));
      if (store_ ? places_[p].data.empty() : whole(p) == 0) places_[p].had_data = false;
    }
    return stages;
  }

  // ---- The rules.

  /// Those of every state.
  void check(const transition& t) const {
    for (std::size_t p = 0; p < places_.size(); ++p) {
      const place& at = places_[p];
      if (!store_) expect(whole(p) >= at.fewest, "too few live copies of slot", at.slot);
      else if (at.had_data && !at.after.empty() && !failed_)
        expect(store_is_complete(p), "a store lost keys of slot", at.slot);
    }
    for (std::size_t i = 0; i < t.moves().size(); ++i) check_source(t, i);
  }

  /// Whether finish() must be refused, because a copy is still needed.
  bool replaced_is_needed(const transition& t, std::size_t i) const {
    const auto& move = t.moves()[i];
    if (move.replaces == nullptr) return false;
    for (const std::uint32_t other : t.moves_of(move.part)) {
      const stage s = t.stage(other);
      const auto* const source = t.moves()[other].source;
      if (other != i && (s == stage::copying || s == stage::returning) && source != nullptr &&
          *source == *move.replaces)
        return true;
    }
    return move.to == nullptr && lost_.count(*move.replaces) == 0 &&
           whole(move.part) <= places_[move.part].after.size();
  }

  /// Whether the moves can lead to `after`: no part that changes has a lost node in its new list.
  bool can_end(const transition& t) const {
    for (std::size_t p = 0; p < places_.size(); ++p) {
      const auto lost = [&](const std::string& node) { return lost_.count(node) != 0; };
      if (!t.moves_of(p).empty() && std::ranges::any_of(places_[p].after, lost)) return false;
    }
    return true;
  }

  /// The list in force at a part, as a set: moves that are copied or done count.
  std::set<std::string> in_force(const transition& t, std::size_t p) const {
    std::set<std::string> list(places_[p].before.begin(), places_[p].before.end());
    for (const std::uint32_t i : t.moves_of(p)) {
      if (t.stage(i) != stage::copied && t.stage(i) != stage::done) continue;
      if (t.moves()[i].replaces != nullptr) list.erase(*t.moves()[i].replaces);
      if (t.moves()[i].to != nullptr) list.insert(*t.moves()[i].to);
    }
    return list;
  }
  const std::vector<std::string>& before(std::size_t p) const { return places_[p].before; }
  const std::vector<std::string>& after(std::size_t p) const { return places_[p].after; }
  std::uint64_t slot(std::size_t p) const { return places_[p].slot; }

  /// Every node that a client must ask to see all data: live, with a part or all of it.
  const std::map<std::string, amount>& data(std::size_t p) const { return places_[p].data; }

  static std::vector<std::string> preferred(const table& from, std::uint64_t slot, std::size_t count,
                                            quoit::spread apart) {
    std::vector<const std::string*> room((std::max<std::size_t>)(count, 1));
    // A whole list also has nodes after a missing copy; both functions leave the gap out.
    room.resize(from.preferred(slot, std::span(room).first(count), apart));
    std::vector<std::string> names;
    for (const std::string* const node : room) names.push_back(*node);
    return names;
  }

 private:
  struct place {
    std::uint64_t slot = 0;
    std::vector<std::string> before, after;
    std::map<std::string, amount> data;
    bool had_data = false;
    std::size_t fewest = 0;  // live copies that no step may go below
  };

  std::size_t whole(std::size_t p) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(places_[p].data, [](const auto& entry) { return entry.second == amount::whole; }));
  }
  bool store_is_complete(std::size_t p) const {
    return whole(p) == 1 || (whole(p) == 0 && places_[p].data.size() == 2);
  }

  // The source is a node wherever a node holds the data, and while data travels it is one that holds it.
  void check_source(const transition& t, std::size_t i) const {
    const auto& move = t.moves()[i];
    const stage s = t.stage(i);
    if (move.to == nullptr || s == stage::copied || s == stage::done) return;
    const place& at = places_[move.part];
    if (!at.had_data) return;
    const bool travels = s == stage::copying || s == stage::returning;
    const auto holds = [&](const std::string& node) {
      const auto found = at.data.find(node);
      return found != at.data.end() && (store_ || found->second == amount::whole);
    };
    const bool somewhere =
        std::ranges::any_of(at.data, [&](const auto& e) { return e.first != *move.to && holds(e.first); });
    expect(!somewhere || move.source != nullptr, "no source, although a node holds the data, of move", i);
    if (!travels || move.source == nullptr) return;
    expect(*move.source != *move.to, "the source is the receiver of move", i);
    expect(lost_.count(*move.source) == 0, "the source is lost, of move", i);
    expect(holds(*move.source), "the source holds nothing, of move", i);
  }

  std::vector<place> places_;
  std::set<std::string> lost_;
  bool store_;
  bool failed_ = false;
};

}  // namespace test::walk
