// SPDX-License-Identifier: MIT
// vnode_lines: the index over a vnode_store, one cache line for every small part of the circle. A lookup reads one
// line.
//
//   page of the store     │          0            │          1            │
//   lines of that page    │  0  │  1  │  2  │  3  │  4  │  5  │  6  │  7  │ …     about 8 vnodes a line (wide lines: 5)
//
// Invariant: line i has the vnodes of part i, then as many of the following vnodes as fit, which are the first numbers
// of line i + 1. So adding or removing a vnode changes its own line and the ends of one or two lines before it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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
  // Node numbers must be less than this.
  static constexpr std::uint32_t max_nodes = Line::unknown;

  // No lines, but one shared line that answers every lookup with `unknown`.
  vnode_lines() = default;

  // The store must not be empty.
  explicit vnode_lines(const store_type& store)
      : count_(store.pages().size() * lines_per_page), owned_(std::make_unique_for_overwrite<Line[]>(count_)),
        lines_(owned_.get()), cut_(store.cut().finer(lines_per_page)) {
    // From the last line to the first, because a line copies from the line after it.
    Line following = Line::filled(Line::unknown);
    place at = store.first();
    for (number_type& number : following.number) {
      number = static_cast<number_type>(store[at].number);
      at = store.next(at);
    }
    for (std::size_t page = store.pages().size(); page-- > 0;) {
      std::size_t to = store.pages()[page].size();
      for (std::size_t line = (page + 1) * lines_per_page; line-- > page * lines_per_page;) {
        const std::size_t from = first_in(store, line);
        owned_[line] = make_line(store.pages()[page], from, to, line + 1 == count_ ? following : owned_[line + 1]);
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

  // The node number of the first vnode at or after the position, or `none` if only the store can answer. That happens
  // in one or two of a thousand lookups.
  [[nodiscard]] std::uint_fast32_t find(std::uint64_t position) const noexcept {
    const entry at = locate(position);
    const std::uint_fast32_t number = at.line->number[at.index];
    if (number == Line::unknown) [[unlikely]]
      return none;
    if (at.line->may_tie(at.index, at.wanted)) [[unlikely]]
      return none;
    return number;
  }

  // Calls use(i, number) with the i-th distinct node from the position on, for the first `want` of them, 1 to 3.
  // Returns false if the line does not have all of them. Set `many` if there are so many nodes that consecutive vnodes
  // nearly always belong to different ones.
  template <class Use>
  [[nodiscard]] QUOIT_DETAIL_ALWAYS_INLINE bool first_few(std::uint64_t position, std::size_t want, bool many,
                                                          const Use& use) const noexcept {
    const entry at = locate(position);
    const Line& line = *at.line;
    const number_type a = line.number[at.index];
    if (a == Line::unknown || line.may_tie(at.index, at.wanted)) [[unlikely]]
      return false;
    use(0, std::uint_fast32_t{a});
    if (want == 1) return true;
    if (many && at.index + 2 <= Line::capacity) {
      const number_type b = line.number[at.index + 1], c = line.number[at.index + 2];
      if (b != a && c != a && c != b && c != Line::unknown) {
        use(1, std::uint_fast32_t{b});
        if (want > 2) use(2, std::uint_fast32_t{c});
        return true;
      }
    }
    // The same steps for every key: the end of a loop would be mispredicted every other time.
    const std::uint32_t last = std::uint32_t{1} << Line::capacity;
    const std::uint32_t not_a = line.others(a) & (~std::uint32_t{1} << at.index);
    const number_type b = line.number[static_cast<std::size_t>(std::countr_zero(not_a | last))];
    const number_type c = line.number[static_cast<std::size_t>(std::countr_zero((not_a & line.others(b)) | last))];
    if (b == a || b == Line::unknown) [[unlikely]]
      return false;
    use(1, std::uint_fast32_t{b});
    if (want == 2) return true;
    if (c == a || c == b || c == Line::unknown) [[unlikely]]
      return false;
    use(2, std::uint_fast32_t{c});
    return true;
  }

  // The address that find() reads.
  [[nodiscard]] const void* address(std::uint64_t position) const noexcept { return lines_ + cut_(position).high; }

  // Calls visit(number) for the vnodes from the position on, until visit returns false or the first `left` of them were
  // visited; `left` becomes the number of those that were not. If the lines cannot continue, returns the place in the
  // store at which the walk continues. The store must not be empty, and have at least `left` vnodes.
  template <class Visit>
  [[nodiscard]] std::optional<place> walk(const store_type& store, std::uint64_t position, std::size_t& left,
                                          const Visit& visit) const noexcept(noexcept(visit(std::uint32_t{}))) {
    const entry at = locate(position);
    if (at.line->number[at.index] == Line::unknown || at.line->may_tie(at.index, at.wanted)) {
      return store.at_or_after(position);
    }
    const std::size_t end = at.index + (std::min)(left, at.line->number.size() - at.index);
    std::size_t index = at.index;
    for (; index < end && at.line->number[index] != Line::unknown; ++index) {
      if (!visit(std::uint32_t{at.line->number[index]})) return std::nullopt;
    }
    left -= index - at.index;
    if (left == 0) return std::nullopt;
    auto number = static_cast<std::size_t>(at.line - lines_);
    if (overflows(*at.line))
      return store.normalised({number / lines_per_page, first_in(store, number) + Line::capacity});
    std::size_t visited = index - at.line->size();  // how many vnodes of the following lines were visited
    for (std::size_t lines = count_; lines > 0; --lines) {
      number = number + 1 == count_ ? 0 : number + 1;
      const Line& line = lines_[number];
      const std::size_t size = line.size();
      // An overflowing line does not have all vnodes of its part. An empty one may begin a long run of empty lines.
      if (size == 0 || overflows(line)) break;
      for (index = (std::min)(visited, size), visited -= index; index < size; ++index) {
        if (!visit(std::uint32_t{line.number[index]}) || --left == 0) return std::nullopt;
      }
    }
    place next = store.normalised({number / lines_per_page, first_in(store, number)});
    for (; visited > 0; --visited) next = store.next(next);
    return next;
  }

  // Writes the numbers of the first vnodes from the position on, as many as the line has and as fit. Returns how many:
  // none if only the store can answer.
  [[nodiscard]] std::size_t first(std::uint64_t position, std::span<std::uint32_t> out) const noexcept {
    const entry at = locate(position);
    if (at.line->may_tie(at.index, at.wanted)) return 0;
    const std::size_t end = at.index + (std::min)(out.size(), at.line->number.size() - at.index);
    std::size_t index = at.index;
    for (; index < end && at.line->number[index] != Line::unknown; ++index) {
      out[index - at.index] = at.line->number[index];
    }
    return index - at.index;
  }

  // Call this after inserting a vnode into the store, or erasing one, with the place that it has or had there. The
  // store must have far more vnodes than a line.
  void update(const store_type& store, place at, std::uint64_t position) noexcept {
    std::size_t number = static_cast<std::size_t>(cut_(position).high);
    const vnode_page<Tie>& page = store.pages()[at.page];
    const std::size_t from = first_in(store, number);
    const std::size_t to = (number + 1) % lines_per_page == 0 ? page.size() : first_in(store, number + 1);
    owned_[number] = make_line(page, from, to, next_line(number));
    // The lines before it, as long as they include vnodes of this line.
    std::size_t reach = at.index - from;
    for (std::size_t left = count_; left > 1; --left) {
      number = (number == 0 ? count_ : number) - 1;
      Line& line = owned_[number];
      const std::size_t size = line.size();
      reach += size;
      if (reach > Line::capacity || overflows(line)) return;
      append(line, size, next_line(number));
    }
  }

  [[nodiscard]] std::size_t memory() const noexcept { return count_ * sizeof(Line); }

 private:
  static constexpr std::size_t lines_per_page = Line::capacity == narrow_line::capacity ? 4 : 6;
  static constexpr Line empty_line = Line::filled(Line::unknown);

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

  [[nodiscard]] const Line& next_line(std::size_t line) const noexcept {
    return lines_[line + 1 == count_ ? 0 : line + 1];
  }

  // Whether the part has more vnodes than its line can hold.
  [[nodiscard]] static bool overflows(const Line& line) noexcept {
    return line.number.back() == Line::unknown && line.remainder[Line::capacity - 1] != Line::end;
  }

  // The index, within its page, of the first vnode of this line or of a later one.
  [[nodiscard]] std::size_t first_in(const store_type& store, std::size_t line) const noexcept {
    if (line % lines_per_page == 0) return 0;
    return store.pages()[line / lines_per_page].count_while(
        [&](std::uint64_t position) { return cut_(position).high < line; });
  }

  // A line for the vnodes [from, to) of a page; `next` is the line after it.
  [[nodiscard]] Line make_line(const vnode_page<Tie>& page, std::size_t from, std::size_t to,
                               const Line& next) const noexcept {
    Line line = Line::filled(Line::unknown);
    const std::size_t size = (std::min)(to - from, Line::capacity);
    for (std::size_t i = 0; i < size; ++i) {
      line.remainder[i] = Line::remainder_of(cut_(page.position(from + i)).low);
      line.number[i] = static_cast<number_type>(page.number(from + i));
    }
    if (to - from == size) append(line, size, next);
    return line;
  }

  // Fills the numbers after the first `size` with those of the next line.
  static void append(Line& line, std::size_t size, const Line& next) noexcept {
    std::copy_n(next.number.begin(), line.number.size() - size,
                line.number.begin() + static_cast<std::ptrdiff_t>(size));
  }

  std::size_t count_ = 0;
  std::unique_ptr<Line[]> owned_;
  const Line* lines_ = &empty_line;
  circle_cut<Tie> cut_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
