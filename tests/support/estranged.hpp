// SPDX-License-Identifier: MIT
// A placement that breaks the concept: find() and preferred() return a node that is not one of its nodes(), but a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/ring.hpp>

namespace test {

class estranged {
 public:
  using node_type = std::string;

  explicit estranged(quoit::ring<> ring) : ring_(std::move(ring)) {}

  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return ring_.position(key);
  }
  template <class Key>
  [[nodiscard]] const std::string* find(const Key&) const noexcept {
    return &stranger_;
  }
  std::size_t preferred(std::uint64_t, std::span<const std::string*> out, quoit::spread) const noexcept {
    if (out.empty()) return 0;
    out[0] = &stranger_;
    return 1;
  }
  [[nodiscard]] auto nodes() const { return ring_.nodes(); }
  [[nodiscard]] std::vector<quoit::arc<std::string>> arcs() const {
    return {{{0, 0}, &stranger_, quoit::share::whole()}};
  }
  [[nodiscard]] quoit::share size_of(const quoit::position_range& range) const { return ring_.size_of(range); }
  [[nodiscard]] std::string key_spec() const { return ring_.key_spec(); }
  [[nodiscard]] std::string spec() const { return ring_.spec(); }
  [[nodiscard]] quoit::fingerprint fingerprint() const { return ring_.fingerprint(); }

 private:
  quoit::ring<> ring_;
  std::string stranger_ = "a";
};

}  // namespace test
