// SPDX-License-Identifier: MIT
// Competitors that can only look up, to say what a ring's lookup could cost at best.
//
//   branchless_peer   a binary search over the ring's positions, without a branch that depends on the key
//   jump_peer         jump consistent hash: no table at all, but nodes can only come and go at the end
//   table_peer        a table as Maglev's: one modulo and one load; a join writes all of it anew
//   raw_line_peer     one cache line at random, from a table as large as the one the ring's lookups read: the
//                     physical limit for anything that keeps such a table
//
// The first has the ring's points and must give the ring's answers; the others place differently, or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/hash.hpp>

#include "peers.hpp"

namespace bench {

class branchless_peer {
 public:
  static constexpr const char* name = "branchless";

  explicit branchless_peer(const std::vector<vector_peer::point>& points) {
    for (const auto& [position, node] : points) {
      positions_.push_back(position);
      nodes_.push_back(node);
    }
    nodes_.push_back(nodes_.front());  // behind the last point comes the first one
  }

  [[nodiscard]] answer find(std::uint64_t hash) const noexcept {
    const std::uint64_t* base = positions_.data();
    std::size_t left = positions_.size();
    for (; left > 1; left -= left / 2) {
      std::size_t step = std::size_t{0} - static_cast<std::size_t>(base[left / 2 - 1] < hash);
      asm("" : "+r"(step));  // clang would see that this is a condition, and make a branch of it
      base += (left / 2) & step;
    }
    base += static_cast<std::size_t>(*base < hash);
    return nodes_[static_cast<std::size_t>(base - positions_.data())];
  }

 private:
  std::vector<std::uint64_t> positions_;
  std::vector<answer> nodes_;
};

// Lamping and Veach, A Fast, Minimal Memory, Consistent Hash Algorithm (2014). With one bucket more, a key stays or goes to the
// new bucket; the loop visits only those numbers of buckets at which this key moves.
class jump_peer {
 public:
  static constexpr const char* name = "jump";

  explicit jump_peer(const std::vector<std::string>& names)
      : names_(names.data()), count_(static_cast<std::int64_t>(names.size())) {}

  [[nodiscard]] static std::int64_t bucket(std::uint64_t key, std::int64_t count) noexcept {
    std::int64_t here = 0;
    for (std::int64_t next = 0; next < count;) {
      here = next;
      key = key * 2'862'933'555'777'941'757U + 1;
      next = static_cast<std::int64_t>(static_cast<double>(here + 1) *
                                       (2147483648.0 / static_cast<double>((key >> 33) + 1)));
    }
    return here;
  }
  [[nodiscard]] answer find(std::uint64_t hash) const noexcept { return names_ + bucket(hash, count_); }

 private:
  const std::string* names_;
  std::int64_t count_;
};

// How the table is filled decides who owns what and what a join moves, but not what a lookup costs; so these entries are
// even and shuffled, and not computed as Maglev's.
class table_peer {
 public:
  static constexpr const char* name = "table";

  explicit table_peer(const std::vector<std::string>& names) : names_(names.data()) {
    std::size_t size = names.size() <= 655 ? 65'537 : names.size() * 100;
    while (!is_prime(size)) ++size;
    for (std::size_t i = 0; i < size; ++i) numbers_.push_back(static_cast<std::uint16_t>(i % names.size()));
    for (std::size_t i = size; i > 1; --i) std::swap(numbers_[i - 1], numbers_[quoit::splitmix64(i) % i]);
  }

  [[nodiscard]] answer find(std::uint64_t hash) const noexcept { return names_ + numbers_[hash % numbers_.size()]; }

 private:
  static bool is_prime(std::size_t n) {
    for (std::size_t d = 2; d * d <= n; ++d) {
      if (n % d == 0) return false;
    }
    return n > 1;
  }

  const std::string* names_;
  std::vector<std::uint16_t> numbers_;  // the smaller the table, the faster: no size here has more than 65,536 nodes
};

class raw_line_peer {
 public:
  static constexpr const char* name = "raw line";

  explicit raw_line_peer(std::size_t bytes)
      : count_((bytes + 63) / 64), lines_(std::make_unique_for_overwrite<line[]>(count_)) {
    for (std::size_t i = 0; i < count_; ++i) lines_[i].word = quoit::splitmix64(i) << 1;  // even, as addresses are
  }

  [[nodiscard]] std::uint64_t find(std::uint64_t hash) const noexcept {
    __extension__ using wide = unsigned __int128;
    return lines_[static_cast<std::size_t>((static_cast<wide>(hash) * count_) >> 64)].word;
  }
  void owners(std::span<const quoit::key_hash> keys, std::span<std::uint64_t> out) const noexcept {
    for (std::size_t i = 0; i < keys.size(); ++i) out[i] = find(keys[i].value);
  }
  [[nodiscard]] std::size_t memory() const noexcept { return count_ * sizeof(line); }

 private:
  struct alignas(64) line {
    std::uint64_t word;
  };

  std::size_t count_;
  std::unique_ptr<line[]> lines_;
};

}  // namespace bench
