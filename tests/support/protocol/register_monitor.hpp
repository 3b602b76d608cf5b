// SPDX-License-Identifier: MIT
// register_monitor: whether a history of up to four operations on one key is linearizable, followed while it happens.
//
// A configuration says which value the key has, and which of the open operations have taken effect. The monitor keeps
// the set of all configurations that agree with what clients have seen so far. Sets are numbered, so that a state of a
// model contains two bytes of it, and two histories that allow the same future are one state. An answer that leaves no
// configuration is a violation.
//
// Values: 0 is no value, 1 … 4 are those that operations 0 … 3 write, 5 is the value at the beginning.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/protocol/views.hpp"

namespace test::protocol {

class register_monitor {
 public:
  using id = std::uint16_t;
  static constexpr id violation = 0xFFFF;
  static constexpr std::uint8_t initial_value = 5;

  /// The monitor of a key that has this value.
  id start(std::uint8_t value) { return number({value}); }

  id invoke(id from, unsigned operation, kind what) {
    return follow(from, operation * events + static_cast<unsigned>(what));
  }
  /// `value` is what a read has returned.
  id respond(id from, unsigned operation, kind what, std::uint8_t value) {
    return follow(from, operation * events + (what == kind::read ? 4U + value : 3U));
  }
  /// The same history with the operations of the two clients exchanged.
  id exchanged(id from) {
    if (exchanged_[from] == unknown) {
      set result;
      for (const configuration c : sets_[from]) {
        configuration then = c & 7U;
        for (unsigned o = 0; o < operations; ++o) then = with(then, other(o), status(c, o));
        result.push_back(renamed(then, [](unsigned value) { return exchanged_value(value); }));
      }
      std::sort(result.begin(), result.end());
      const id known = number(result);  // before the left side, as it moves exchanged_
      exchanged_[from] = known;
    }
    return exchanged_[from];
  }
  static constexpr std::uint8_t exchanged_value(unsigned value) noexcept {
    return static_cast<std::uint8_t>(value == 0 || value == initial_value ? value : other(value - 1) + 1);
  }

  /// The same history with initial_value in place of a value that an ended operation has written. Unchanged if that
  /// operation is open, or if the initial value can still be read.
  id with_initial_value(id from, std::uint8_t value) {
    id& known = initial_[from][value];
    if (known != unknown) return known;
    set result;
    for (const configuration c : sets_[from]) {
      bool possible = (c & 7U) != initial_value && status(c, value - 1U) == 0;
      for (unsigned o = 0; o < operations; ++o) possible = possible && status(c, o) != took_value + initial_value;
      if (!possible) return known = from;
      result.push_back(renamed(c, [&](unsigned v) { return v == value ? initial_value : v; }));
    }
    std::sort(result.begin(), result.end());
    const id fresh = number(result);
    return initial_[from][value] = fresh;
  }

  /// Whether a read that happens at this moment may return a value.
  [[nodiscard]] bool allows(id at, std::uint8_t value) const noexcept { return (values_[at] >> value & 1U) != 0; }

 private:
  using configuration = std::uint32_t;  // three bits of value, then four bits for each operation
  using set = std::vector<configuration>;
  static constexpr unsigned events = 10, operations = 4;
  static constexpr id unknown = 0xFFFE;
  // What an operation has done: 0 nothing that matters; an open read, write or erasure; a write or erasure that took
  // effect; from 5 on a read that took a value.
  static constexpr unsigned open_read = 1, open_write = 2, open_erase = 3, took_effect = 4, took_value = 5;

  static unsigned status(configuration c, unsigned operation) { return c >> (3 + 4 * operation) & 15U; }
  static configuration with(configuration c, unsigned operation, unsigned now) {
    return (c & ~(15U << (3 + 4 * operation))) | now << (3 + 4 * operation);
  }

  static constexpr unsigned other(unsigned operation) noexcept { return operation ^ 2U; }
  template <class Rename>
  static configuration renamed(configuration c, const Rename& rename) {
    configuration then = (c & ~7U) | rename(c & 7U);
    for (unsigned o = 0; o < operations; ++o) {
      const unsigned s = status(c, o);
      if (s >= took_value) then = with(then, o, took_value + rename(s - took_value));
    }
    return then;
  }

  id follow(id from, unsigned event) {
    const id known = next_[from][event];
    if (known != unknown) return known;
    const id result = number(after(sets_[from], event / events, event % events));
    next_[from][event] = result;
    return result;
  }

  static set after(const set& from, unsigned operation, unsigned what) {
    set result;
    for (const configuration c : from) {
      if (what < 3) {
        result.push_back(with(c, operation, open_read + what));
      } else if (status(c, operation) == (what == 3 ? took_effect : took_value + what - 4)) {
        result.push_back(with(c, operation, 0));
      }
    }
    for (std::size_t i = 0; i < result.size(); ++i) {  // any open operation may take effect
      const configuration c = result[i];
      for (unsigned o = 0; o < operations; ++o) {
        configuration then = c;
        const unsigned s = status(c, o);
        if (s == open_read) then = with(c, o, took_value + (c & 7U));
        if (s == open_write) then = (with(c, o, took_effect) & ~7U) | (o + 1);
        if (s == open_erase) then = with(c, o, took_effect) & ~7U;
        if (std::find(result.begin(), result.end(), then) == result.end()) result.push_back(then);
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  id number(const set& s) {
    if (s.empty()) return violation;
    const auto [place, fresh] = numbers_.emplace(s, static_cast<id>(sets_.size()));
    if (fresh) {
      sets_.push_back(s);
      if (sets_.size() == unknown) throw std::length_error("a monitor has too many states");
      next_.emplace_back().fill(unknown);
      initial_.emplace_back().fill(unknown);
      exchanged_.push_back(unknown);
      std::uint8_t values = 0;
      for (const configuration c : s) values = static_cast<std::uint8_t>(values | 1U << (c & 7U));
      values_.push_back(values);
    }
    return place->second;
  }

  std::map<set, id> numbers_;
  std::vector<set> sets_;
  std::vector<std::array<id, events * operations>> next_;
  std::vector<std::array<id, 5>> initial_;
  std::vector<id> exchanged_;
  std::vector<std::uint8_t> values_;
};

}  // namespace test::protocol
