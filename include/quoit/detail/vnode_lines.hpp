// SPDX-License-Identifier: MIT
// The index over a vnode_store: one cache line for every small part of the circle, so that a lookup reads one line.
//
//   page of the store     │          0            │          1            │
//   lines of that page    │  0  │  1  │  2  │  3  │  4  │  5  │  6  │  7  │ …     about 8 vnodes a line (a wide line: 5)
//
// Invariant: line i describes the vnodes of part i, and the number of the first vnode behind it. So a vnode that
// comes or goes changes its own line, and if it is the first one there, the tails of the lines before, up to one that is
// not empty.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include <quoit/detail/vnode_line.hpp>
#include <quoit/detail/vnode_store.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Tie, class Line>
class vnode_lines {
  using store_type = vnode_store<Tie>;
  using number_type = typename decltype(Line::number)::value_type;

 public:
  // The most nodes that such lines can tell apart.
  static constexpr std::uint32_t max_nodes = Line::unsure;

  // No line but one that is unsure of everything.
  vnode_lines() = default;

  explicit vnode_lines(const store_type& store)
      : count_(store.pages().size() * lines_per_page),
        owned_(std::make_unique_for_overwrite<Line[]>(count_)),
        lines_(owned_.get()),
        cut_(store.cut().finer(lines_per_page)) {
    // From the last line to the first, so that the owner behind is always known.
    number_type behind = Line::unsure;
    if (store.size() != 0) behind = static_cast<number_type>(store[store.first()].number);
    for (std::size_t page = store.pages().size(); page-- > 0;) {
      std::size_t to = store.pages()[page].size();
      for (std::size_t line = (page + 1) * lines_per_page; line-- > page * lines_per_page;) {
        const std::size_t from = first_in(store, line);
        owned_[line] = describe(store.pages()[page], from, to, behind);
        if (from != to) behind = static_cast<number_type>(store.pages()[page].number(from));
        to = from;
      }
    }
  }

  vnode_lines(const vnode_lines& other) : count_(other.count_), cut_(other.cut_) {
    if (count_ == 0) return;
    owned_ = std::make_unique_for_overwrite<Line[]>(count_);
    std::copy_n(other.lines_, count_, owned_.get());
    lines_ = owned_.get();
  }
  vnode_lines(vnode_lines&& other) noexcept { swap(other); }
  vnode_lines& operator=(vnode_lines other) noexcept {
    swap(other);
    return *this;
  }
  ~vnode_lines() = default;

  void swap(vnode_lines& other) noexcept {
    std::swap(count_, other.count_);
    std::swap(owned_, other.owned_);
    std::swap(lines_, other.lines_);
    std::swap(cut_, other.cut_);
  }

  // The number of the first vnode at or after the position; `nobody` where only the store knows, which happens in one
  // lookup of some thousands.
  [[nodiscard]] std::uint32_t find(std::uint64_t position) const noexcept {
    const entry at = locate(position);
    return is_sure(at) ? std::uint32_t{at.line->number[at.index]} : nobody;
  }

  void prefetch(std::uint64_t position) const noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(&lines_[cut_(position).high]);
#endif
  }

  // Calls visit(number) for the vnodes from the position on, until it answers false. Where only the store knows how to go
  // on, returns the place there of the next vnode. The store must not be empty.
  template <class Visit>
  [[nodiscard]] std::optional<typename store_type::place> walk(const store_type& store, std::uint64_t position,
                                                               const Visit& visit) const noexcept {
    const entry at = locate(position);
    if (!is_sure(at)) return store.at_or_after(position);
    auto number = static_cast<std::size_t>(at.line - lines_);
    std::size_t index = at.index;
    for (std::size_t left = count_; left > 0; --left) {
      const Line& line = lines_[number];
      for (; index < Line::capacity && line.remainder[index] != Line::end; ++index) {
        if (!visit(std::uint32_t{line.number[index]})) return std::nullopt;
      }
      if (line.number[index] == Line::unsure) break;
      // The owner behind is the first vnode of the next line.
      if (!visit(std::uint32_t{line.number[index]})) return std::nullopt;
      number = number + 1 == count_ ? 0 : number + 1;
      index = 0;
      if (lines_[number].remainder[0] == Line::end) break;  // empty, and perhaps the first of very many
    }
    return store.settle({number / lines_per_page, first_in(store, number) + index});
  }

  // To be told of every vnode that was inserted into the store, or erased from it, and of its place there.
  void inserted(const store_type& store, typename store_type::place at) noexcept {
    refresh(store, at.page, at.index, line_of(store.pages()[at.page].position(at.index)));
  }
  void erased(const store_type& store, typename store_type::place at, std::uint64_t position) noexcept {
    refresh(store, at.page, at.index, line_of(position));
  }

  [[nodiscard]] std::size_t memory() const noexcept { return count_ * sizeof(Line); }

 private:
  static constexpr std::size_t lines_per_page = Line::capacity == narrow_line::capacity ? 4 : 6;
  static constexpr Line nothing = Line::filled(Line::unsure);

  // The entry of a line that answers for a position with this remainder.
  struct entry {
    const Line* line;
    std::size_t index;
    std::uint16_t wanted;
  };
  [[nodiscard]] entry locate(std::uint64_t position) const noexcept {
    const wide at = cut_(position);
    const Line* const line = lines_ + at.high;
    const auto wanted = static_cast<std::uint16_t>(at.low >> 48);
    return {line, line->first_not_below(wanted), wanted};
  }
  // With equal remainders the vnode may lie on either side of the position. (Behind a wide line's vnodes is no remainder.)
  [[nodiscard]] static bool is_sure(const entry& at) noexcept {
    constexpr bool always = std::tuple_size_v<decltype(Line::remainder)> > Line::capacity;
    const bool equal = (always || at.index < Line::capacity) && at.line->remainder[at.index] == at.wanted;
    return at.line->number[at.index] != Line::unsure && !equal;
  }

  [[nodiscard]] std::size_t line_of(std::uint64_t position) const noexcept {
    return static_cast<std::size_t>(cut_(position).high);
  }

  // Index in its page of the first vnode that lies in this line or behind it.
  [[nodiscard]] std::size_t first_in(const store_type& store, std::size_t line) const noexcept {
    if (line % lines_per_page == 0) return 0;
    return store.pages()[line / lines_per_page].count_while([&](std::uint64_t p) { return line_of(p) < line; });
  }

  // A line for the vnodes [from, to) of a page, before a vnode of node `behind`.
  [[nodiscard]] Line describe(const vnode_page<Tie>& page, std::size_t from, std::size_t to,
                              number_type behind) const noexcept {
    Line line = Line::filled(behind);
    std::size_t index = 0;
    for (; from + index < to && index < Line::capacity; ++index) {
      const auto remainder = static_cast<std::uint16_t>(cut_(page.position(from + index)).low >> 48);
      if (remainder == Line::end) break;
      line.remainder[index] = remainder;
      line.number[index] = static_cast<number_type>(page.number(from + index));
    }
    // What does not fit is behind what does.
    if (from + index < to) std::fill(line.number.begin() + static_cast<std::ptrdiff_t>(index), line.number.end(), Line::unsure);
    return line;
  }

  // Writes a line again after a change at `index` of its page, and the lines before it that end with what it begins with.
  void refresh(const store_type& store, std::size_t page, std::size_t index, std::size_t line) noexcept {
    bool first = true;
    for (std::size_t left = count_; left > 0; --left) {
      const std::size_t from = first_in(store, line);
      const std::size_t to = (line + 1) % lines_per_page == 0 ? store.pages()[page].size() : first_in(store, line + 1);
      number_type behind = Line::unsure;
      if (store.size() != 0) behind = static_cast<number_type>(store[store.settle({page, to})].number);
      owned_[line] = describe(store.pages()[page], from, to, behind);
      if (first ? index != from : from != to) return;
      first = false;
      line = (line == 0 ? count_ : line) - 1;
      page = line / lines_per_page;
    }
  }

  std::size_t count_ = 0;
  std::unique_ptr<Line[]> owned_;
  const Line* lines_ = &nothing;
  circle_cut<Tie> cut_;
};

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
