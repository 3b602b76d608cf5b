// SPDX-License-Identifier: MIT
// The index over a vnode_store: one cache line for every small part of the circle, so that a lookup reads one line.
//
//   page of the store     │          0            │          1            │
//   lines of that page    │  0  │  1  │  2  │  3  │  4  │  5  │  6  │  7  │ …     about 8 vnodes a line (a wide line: 5)
//
// Invariant: line i has the vnodes of part i, then as many of those that follow as fit: the first numbers of line i + 1. So a
// vnode that comes or goes changes its own line, and the ends of one or two lines before.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/ring/line.hpp>
#include <quoit/detail/ring/page.hpp>
#include <quoit/detail/ring/store.hpp>
#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Tie, class Line>
class vnode_lines {
  using store_type = vnode_store<Tie>;
  using place = typename store_type::place;
  using number_type = typename Line::number_type;

 public:
  // The most nodes that such lines can tell apart.
  static constexpr std::uint32_t max_nodes = Line::unsure;

  // No line but one that is unsure of everything.
  vnode_lines() = default;

  // The store must not be empty.
  explicit vnode_lines(const store_type& store)
      : count_(store.pages().size() * lines_per_page), owned_(std::make_unique_for_overwrite<Line[]>(count_)),
        lines_(owned_.get()), cut_(store.cut().finer(lines_per_page)) {
    // From the last line to the first, so that what follows is always known.
    Line following = Line::filled(Line::unsure);
    place at = store.first();
    for (number_type& number : following.number) {
      number = static_cast<number_type>(store[at].number);
      at = store.next(at);
    }
    for (std::size_t page = store.pages().size(); page-- > 0;) {
      std::size_t to = store.pages()[page].size();
      for (std::size_t line = (page + 1) * lines_per_page; line-- > page * lines_per_page;) {
        const std::size_t from = first_in(store, line);
        owned_[line] = describe(store.pages()[page], from, to, line + 1 == count_ ? following : owned_[line + 1]);
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

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

  // The number of the first vnode at or after the position; `nobody` where only the store knows, which happens in one
  // or two lookups of a thousand.
  [[nodiscard]] std::uint_fast32_t find(std::uint64_t position) const noexcept {
    const entry at = locate(position);
    const std::uint_fast32_t number = at.line->number[at.index];
    if (number == Line::unsure) [[unlikely]]
      return none;
    if (at.line->may_tie(at.index, at.wanted)) [[unlikely]]
      return none;
    return number;
  }

  // Calls use(i, number) with the i-th distinct node from the position on, for the first `want`, 1 to 3, if the line shows them
  // all; otherwise answers false. With `many` nodes, vnodes in a row are nearly always of different ones.
  template <class Use>
  [[nodiscard]] QUOIT_DETAIL_ALWAYS_INLINE bool first_few(std::uint64_t position, std::size_t want, bool many,
                                                          const Use& use) const noexcept {
    const entry at = locate(position);
    const Line& line = *at.line;
    const number_type a = line.number[at.index];
    if (a == Line::unsure || line.may_tie(at.index, at.wanted)) [[unlikely]]
      return false;
    use(0, std::uint_fast32_t{a});
    if (want == 1) return true;
    if (many && at.index + 2 <= Line::capacity) {
      const number_type b = line.number[at.index + 1], c = line.number[at.index + 2];
      if (b != a && c != a && c != b && c != Line::unsure) {
        use(1, std::uint_fast32_t{b});
        if (want > 2) use(2, std::uint_fast32_t{c});
        return true;
      }
    }
    // Always the same steps: a loop that ends with the last one found would be mispredicted every other time.
    const std::uint32_t last = std::uint32_t{1} << Line::capacity;
    const std::uint32_t not_a = line.others(a) & (~std::uint32_t{1} << at.index);
    const number_type b = line.number[static_cast<std::size_t>(std::countr_zero(not_a | last))];
    const number_type c = line.number[static_cast<std::size_t>(std::countr_zero((not_a & line.others(b)) | last))];
    if (b == a || b == Line::unsure) [[unlikely]]
      return false;
    use(1, std::uint_fast32_t{b});
    if (want == 2) return true;
    if (c == a || c == b || c == Line::unsure) [[unlikely]]
      return false;
    use(2, std::uint_fast32_t{c});
    return true;
  }

  // What find() will read.
  [[nodiscard]] const void* address(std::uint64_t position) const noexcept { return lines_ + cut_(position).high; }

  // Calls visit(number) for the vnodes from the position on, until it answers false; some are visited twice. Where only the
  // store knows how to go on, returns the place there of the next vnode. The store must not be empty.
  template <class Visit>
  [[nodiscard]] std::optional<place> walk(const store_type& store, std::uint64_t position,
                                          const Visit& visit) const noexcept {
    const entry at = locate(position);
    if (at.line->number[at.index] == Line::unsure || at.line->may_tie(at.index, at.wanted)) {
      return store.at_or_after(position);
    }
    for (std::size_t index = at.index; index <= Line::capacity && at.line->number[index] != Line::unsure; ++index) {
      if (!visit(std::uint32_t{at.line->number[index]})) return std::nullopt;
    }
    auto number = static_cast<std::size_t>(at.line - lines_);
    if (is_over_full(lines_[number]))
      return store.settle({number / lines_per_page, first_in(store, number) + Line::capacity});
    for (std::size_t left = count_; left > 0; --left) {
      number = number + 1 == count_ ? 0 : number + 1;
      const Line& line = lines_[number];
      const std::size_t size = line.size();
      // Over-full, or empty and perhaps the first of very many.
      if (size == 0 || is_over_full(line)) break;
      for (std::size_t index = 0; index < size; ++index) {
        if (!visit(std::uint32_t{line.number[index]})) return std::nullopt;
      }
    }
    return store.settle({number / lines_per_page, first_in(store, number)});
  }

  // To be told of every vnode that was inserted into the store, or erased from it, and of its place there. The store must
  // have far more vnodes than a line.
  void changed(const store_type& store, place at, std::uint64_t position) noexcept {
    std::size_t number = static_cast<std::size_t>(cut_(position).high);
    const vnode_page<Tie>& page = store.pages()[at.page];
    const std::size_t from = first_in(store, number);
    const std::size_t to = (number + 1) % lines_per_page == 0 ? page.size() : first_in(store, number + 1);
    owned_[number] = describe(page, from, to, line_behind(number));
    // The lines before, as long as they reach this far.
    std::size_t reach = at.index - from;
    for (std::size_t left = count_; left > 1; --left) {
      number = (number == 0 ? count_ : number) - 1;
      Line& line = owned_[number];
      const std::size_t size = line.size();
      reach += size;
      if (reach > Line::capacity || is_over_full(line)) return;
      append(line, size, line_behind(number));
    }
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
    const std::uint16_t wanted = Line::remainder_of(at.low);
    return {line, line->first_above(wanted), wanted};
  }

  [[nodiscard]] const Line& line_behind(std::size_t line) const noexcept {
    return lines_[line + 1 == count_ ? 0 : line + 1];
  }

  // Whether a part has more vnodes than its line.
  [[nodiscard]] static bool is_over_full(const Line& line) noexcept {
    return line.number.back() == Line::unsure && line.remainder[Line::capacity - 1] != Line::end;
  }

  // Index in its page of the first vnode that lies in this line or behind it.
  [[nodiscard]] std::size_t first_in(const store_type& store, std::size_t line) const noexcept {
    if (line % lines_per_page == 0) return 0;
    return store.pages()[line / lines_per_page].count_while(
        [&](std::uint64_t position) { return cut_(position).high < line; });
  }

  // A line for the vnodes [from, to) of a page, before the line `behind`.
  [[nodiscard]] Line describe(const vnode_page<Tie>& page, std::size_t from, std::size_t to,
                              const Line& behind) const noexcept {
    Line line = Line::filled(Line::unsure);
    const std::size_t size = (std::min)(to - from, Line::capacity);
    for (std::size_t i = 0; i < size; ++i) {
      line.remainder[i] = Line::remainder_of(cut_(page.position(from + i)).low);
      line.number[i] = static_cast<number_type>(page.number(from + i));
    }
    if (to - from == size) append(line, size, behind);
    return line;
  }

  // Puts the numbers of the line behind in where the own ones end.
  static void append(Line& line, std::size_t size, const Line& behind) noexcept {
    std::copy_n(behind.number.begin(), line.number.size() - size,
                line.number.begin() + static_cast<std::ptrdiff_t>(size));
  }

  std::size_t count_ = 0;
  std::unique_ptr<Line[]> owned_;
  const Line* lines_ = &nothing;
  circle_cut<Tie> cut_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
