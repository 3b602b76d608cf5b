// SPDX-License-Identifier: MIT
// domain_table: numbers for the failure domains of a ring's nodes, so that a walk along the ring compares integers
// instead of paths.
//
//   node without a domain   it is a domain of its own, whose number is the number of the node (below 2^32)
//   named domain            the next number, from 2^32 on; a number is never used again
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class domain_table {
 public:
  // The number of active domains: those with at least one active node. A node is active if its weight is above 0.
  [[nodiscard]] std::size_t active() const noexcept { return active_; }

  // Adds a node to a domain and returns the domain's number. Changes nothing if it throws.
  std::uint64_t enter(const std::string& name, std::uint32_t node, bool active) {
    if (name.empty()) {
      active_ += active ? 1U : 0U;
      return node;
    }
    const auto [at, inserted] = domains_.try_emplace(name);
    if (inserted) at->second.number = next_++;
    ++at->second.nodes;
    if (active) activate(name, true);
    return at->second.number;
  }

  void leave(const std::string& name, bool active) noexcept {
    if (active) activate(name, false);
    if (name.empty()) return;
    const auto at = domains_.find(name);
    if (--at->second.nodes == 0) domains_.erase(at);
  }

  // A node of the domain becomes active (`on`) or stops being active.
  void activate(const std::string& name, bool on) noexcept {
    if (name.empty()) {
      on ? ++active_ : --active_;
      return;
    }
    std::size_t& nodes = domains_.find(name)->second.active;
    if (on && nodes++ == 0) ++active_;
    if (!on && --nodes == 0) --active_;
  }

 private:
  struct domain {
    std::uint64_t number = 0;
    std::size_t nodes = 0;
    std::size_t active = 0;
  };
  std::map<std::string, domain, std::less<>> domains_;
  std::uint64_t next_ = std::uint64_t{1} << 32;
  std::size_t active_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
