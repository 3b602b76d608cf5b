// SPDX-License-Identifier: MIT
// Plays random operations on a kv_map and on a plain std::map, and stops at the first difference.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>

#include "support/kv/checks.hpp"
#include "support/random.hpp"

namespace test {

/// How often each kind of step had an effect. A test checks these counts, so it cannot pass without doing anything.
struct kv_play_counts {
  std::size_t writes = 0, refusals = 0, erased = 0, changes = 0, refused_changes = 0, lost = 0, moved = 0, rehomed = 0;
};

template <class Ring>
class kv_player {
  using node_type = typename Ring::node_type;
  using row = kv_row<std::string>;

 public:
  kv_player(quoit::kv_options options, std::uint64_t seed)
      : options_(options), random_(seed), map_(make_ring(1 + static_cast<int>(random_.below(5)), 4), options) {}

  /// The first difference, or an empty text.
  std::string play(int steps) {
    for (int step = 0; step < steps; ++step) {
      const std::string wrong = random_.chance(5) ? change_nodes() : change_entries();
      if (!wrong.empty()) return "step " + std::to_string(step) + ": " + last_ + ": " + wrong;
      if (map_.index() != index_) return "step " + std::to_string(step) + ": " + last_ + ": the index is wrong";
    }
    return all_wrong();
  }

  [[nodiscard]] const kv_play_counts& counts() const noexcept { return counts_; }

 private:
  // ---- Entries.

  std::string any_key() {
    static const std::vector<std::string> parts = {
        "", "a", "b", "a/", "b/", "dir/", "dir/sub/", std::string(1, '\0'), "\xff"};
    return parts[pick(parts.size())] + parts[pick(parts.size())] + std::to_string(random_.below(6));
  }
  std::string any_prefix() {
    std::string key = any_key();
    return key.substr(0, pick(key.size() + 1));
  }
  std::size_t pick(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }
  bool can_write() const { return map_.placement_now()->active() != 0; }

  // A token: the current one, an old one, one of another key, 0, or one that does not exist yet.
  quoit::kv_index any_token(const std::string& key) {
    const auto at = model_.find(key);
    if (at != model_.end() && !random_.chance(3)) return at->second.modify_index;
    if (!old_tokens_.empty() && !random_.chance(3)) return old_tokens_[pick(old_tokens_.size())];
    return random_.chance(2) ? 0 : index_ + 1;
  }

  std::string wrote(const std::string& key, const std::string& value, std::uint64_t flags, quoit::kv_index index) {
    if (index != ++index_) return "a write did not get the next index";
    const auto at = model_.find(key);
    if (at != model_.end()) old_tokens_.push_back(at->second.modify_index);
    model_[key] = {value, flags, at == model_.end() ? index : at->second.create_index, index};
    ++counts_.writes;
    return same(key);
  }

  std::string same(const std::string& key) const {
    const auto entry = map_.get(key);
    const auto at = model_.find(key);
    if (entry.has_value() != (at != model_.end())) return "'" + key + "' should " + (entry ? "not exist" : "exist");
    return !entry || row_of(*entry) == at->second ? "" : "'" + key + "' has another entry";
  }

  std::string refused(const std::string& key, const quoit::kv_result& result, quoit::kv_outcome outcome,
                      quoit::kv_index index) {
    ++counts_.refusals;
    if (!(result == outcome) || result.index != index) return "another outcome for '" + key + "'";
    return same(key);
  }

  std::string change_entries() {
    const std::string key = any_key(), value = "value " + std::to_string(random_.below(1000));
    const std::uint64_t flags = random_.chance(2) ? 0 : random_.next();
    const auto at = model_.find(key);
    const bool there = at != model_.end();
    switch (random_.below(10)) {
    case 0:
    case 1:
    case 2: {
      last_ = "put '" + key + "'";
      if (can_write()) return wrote(key, value, flags, map_.put(key, value, flags));
      try {
        map_.put(key, value, flags);
      } catch (const std::logic_error&) {
        return same(key);
      }
      return "was accepted without a node";
    }
    case 3:
    case 4: {
      const auto token = any_token(key);
      if (!can_write() && token == 0) return "";
      last_ = "cas '" + key + "' at " + std::to_string(token);
      const auto result = map_.cas(key, value, token, flags);
      if (token == 0 ? !there : there && at->second.modify_index == token) {
        return result == quoit::kv_outcome::ok ? wrote(key, value, flags, result.index) : "was refused";
      }
      if (!there) return refused(key, result, quoit::kv_outcome::absent, 0);
      return refused(key, result, token == 0 ? quoit::kv_outcome::exists : quoit::kv_outcome::stale,
                     at->second.modify_index);
    }
    case 5: {
      last_ = "erase '" + key + "'";
      if (map_.erase(key) != there) return "another result";
      return there ? erased({key}) : same(key);
    }
    case 6: {
      const auto token = any_token(key);
      last_ = "erase '" + key + "' at " + std::to_string(token);
      const auto result = map_.erase(key, token);
      if (!there) return refused(key, result, quoit::kv_outcome::absent, 0);
      if (token != at->second.modify_index)
        return refused(key, result, quoit::kv_outcome::stale, at->second.modify_index);
      if (!(result == quoit::kv_outcome::ok) || result.index != index_ + 1) return "another outcome";
      return erased({key});
    }
    case 7: {
      if (!can_write()) return "";
      last_ = "update '" + key + "'";
      const std::string appended = there ? at->second.value + "+" : "first";
      const auto kept = there ? at->second.flags : 0;
      return wrote(key, appended, kept, map_.update(key, [](const std::string* now) {
        return now == nullptr ? std::string("first") : *now + "+";
      }));
    }
    case 8: {
      const std::string prefix = random_.chance(4) ? any_prefix() : key;
      last_ = "erase_prefix '" + prefix + "'";
      const auto doomed = keys_with(prefix);
      if (map_.erase_prefix(prefix) != doomed.size()) return "another count";
      return erased(doomed);
    }
    default:
      return listings();
    }
  }

  std::vector<std::string> keys_with(const std::string& prefix) const {
    std::vector<std::string> keys;
    for (const auto& [key, entry] : model_) {
      if (key.compare(0, prefix.size(), prefix) == 0) keys.push_back(key);
    }
    return keys;
  }

  std::string erased(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
      old_tokens_.push_back(model_.at(key).modify_index);
      model_.erase(key);
      ++counts_.erased;
    }
    if (!keys.empty()) ++index_;
    return all_wrong();
  }

  std::string listings() {
    const std::string prefix = any_prefix(), separator = random_.chance(2) ? "/" : random_.chance(2) ? "" : "r/s";
    last_ = "listing of '" + prefix + "' by '" + separator + "'";
    const auto expected = keys_with(prefix);
    const auto items = map_.list(prefix);
    if (items.size() != expected.size()) return "list() is too long or short";
    std::set<std::string> cut;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].key != expected[i]) return "list() has other keys, or another order";
      if (row_of(items[i].entry) != model_.at(expected[i])) return "list() has another entry";
      const auto at = separator.empty() ? std::string::npos : expected[i].find(separator, prefix.size());
      cut.insert(at == std::string::npos ? expected[i] : expected[i].substr(0, at + separator.size()));
    }
    if (map_.keys(prefix) != expected) return "keys() differs";
    return map_.keys(prefix, separator) == std::vector<std::string>(cut.begin(), cut.end())
               ? ""
               : "keys() cuts keys at other places";
  }

  // ---- Nodes.

  Ring make_ring(int count, std::int64_t vnodes) {
    Ring ring(quoit::ring_options{.vnodes = vnodes});
    for (int n = 0; n < count; ++n) ring.add(make_node<node_type>(next_node_++), any_options());
    return ring;
  }
  quoit::node_options any_options() {
    quoit::node_options options;
    options.weight = random_.chance(8) ? 0 : 1 + static_cast<std::int64_t>(random_.below(3));
    if (!random_.chance(5)) options.domain = "zone-" + std::to_string(random_.below(3));
    return options;
  }
  // Random nodes of the placement: as many as wanted, or all if there are fewer.
  std::vector<node_type> some_nodes(std::size_t wanted) {
    std::vector<node_type> nodes;
    for (const auto& entry : map_.placement_now()->nodes()) nodes.push_back(entry.node);
    random_.shuffle(nodes);
    if (nodes.size() > wanted) nodes.resize(wanted);
    return nodes;
  }

  std::string change_nodes() {
    const auto before = map_.placement_now();
    Ring after = *before;
    const auto kind = random_.below(8);
    if (kind < 2 || before->empty()) {
      const auto node = make_node<node_type>(next_node_++);
      const auto options = any_options();
      last_ = "join " + quoit::id_text(node) + " with weight " + std::to_string(options.weight);
      if (before->size() >= 8) return "";
      after.add(node, options);
      return changed(before, after, {}, true, [&] { return map_.join(node, options); });
    }
    const auto node = some_nodes(1).front();
    if (kind == 2) {
      last_ = "leave " + quoit::id_text(node);
      after.remove(node);
      return changed(before, after, {}, true, [&] { return map_.leave(node); });
    }
    if (kind == 3) {
      const auto weight = static_cast<std::int64_t>(random_.below(4));
      last_ = "set_weight " + quoit::id_text(node) + " " + std::to_string(weight);
      after.set_weight(node, weight);
      return changed(before, after, {}, true, [&] { return map_.set_weight(node, weight); });
    }
    if (kind == 4 && random_.chance(2)) {
      last_ = "fail " + quoit::id_text(node);
      after.remove(node);
      return changed(before, after, {quoit::id_text(node)}, false, [&] { return map_.fail(node); });
    }
    if (kind == 4 || kind == 5) {
      // Mostly as many failures as R copies survive, sometimes more.
      const auto nodes = some_nodes(random_.chance(6) ? pick(4) : std::min<std::size_t>(options_.replicas - 1, 4));
      std::set<std::string> names;
      last_ = "fail_all";
      for (const auto& one : nodes)
        names.insert(quoit::id_text(one)), last_ += " " + quoit::id_text(one), after.remove(one);
      return changed(before, after, names, false, [&] { return map_.fail_all(nodes); });
    }
    // Another placement: some of the nodes, some new nodes, another number of vnodes.
    after = make_ring(static_cast<int>(random_.below(3)), 1 + static_cast<std::int64_t>(random_.below(20)));
    for (const auto& one : some_nodes(pick(6))) after.add(one, any_options());
    last_ = "rehome to " + std::to_string(after.size()) + " nodes";
    if (model_.empty() == false) ++counts_.rehomed;
    return changed(before, after, {}, false, [&] { return map_.rehome(after); });
  }

  template <class Change>
  std::string changed(const std::shared_ptr<const Ring>& before, const Ring& after, const std::set<std::string>& failed,
                      bool one_node, const Change& change) {
    const auto expected = expect_change(*before, after, failed);
    if (expected.refused) {
      ++counts_.refused_changes;
      try {
        change();
      } catch (const std::invalid_argument&) {
        return map_.placement_now() == before ? all_wrong() : "was refused, but the nodes changed";
      }
      return "was not refused, although entries would have no node";
    }
    const auto report = change();
    ++counts_.changes;
    counts_.moved += report.moved_copies;
    counts_.lost += report.lost.size();
    if (!(*map_.placement_now() == after)) return "the nodes are not the expected ones";
    std::string wrong = report_difference(report, expected.report, *before, after);
    if (!wrong.empty()) return wrong;
    if (one_node && report.moved_copies != report.minimum_copies) return "more copies moved than necessary";
    if (failed.size() < options_.replicas && options_.apart != quoit::spread::domains_only &&
        failed.size() < before->active() && !report.lost.empty()) {
      return "fewer failures than copies lost keys";
    }
    for (const std::string& key : report.lost) old_tokens_.push_back(model_.at(key).modify_index), model_.erase(key);
    if (!report.lost.empty()) ++index_;
    return all_wrong();
  }

  // expect_report() needs an owner of every key. A change that leaves no owner is refused, unless all keys are lost.
  struct expectation {
    bool refused = false;
    kv_expectation report;
  };
  expectation expect_change(const Ring& before, const Ring& after, const std::set<std::string>& failed) const {
    std::vector<std::string> keys;
    for (const auto& [key, entry] : model_) keys.push_back(key);
    if (after.active() == 0) {
      for (const std::string& key : keys) {
        const auto holders = names_of(before, key, options_);
        if (std::any_of(holders.begin(), holders.end(), [&](const auto& name) { return failed.count(name) == 0; })) {
          return {true, {}};
        }
      }
    }
    return {false, expect_report(before, after, keys, options_, failed)};
  }

  std::string all_wrong() const {
    const std::string wrong = kv_difference(map_, model_);
    return wrong.empty() ? broken_kv_invariant(map_, options_) : wrong;
  }

  quoit::kv_options options_;
  random random_;
  int next_node_ = 0;
  quoit::kv_map<std::string, Ring> map_;
  kv_rows<std::string> model_;
  quoit::kv_index index_ = 0;
  std::vector<quoit::kv_index> old_tokens_;
  kv_play_counts counts_;
  std::string last_;
};

}  // namespace test
