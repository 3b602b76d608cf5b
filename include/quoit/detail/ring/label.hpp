// SPDX-License-Identifier: MIT
// vnode_labels: the labels of vnodes, whose hashes are their positions.
//
//   label   u32 length of the id │ the id (an integer as 8 bytes) │ u32 index of the vnode          all little-endian
//
// The length makes labels unambiguous: vnode 1 of "node1" and vnode 11 of "node" have different labels (P5).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <quoit/config.hpp>
#include <quoit/detail/core/little_endian.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The vnodes [from, to) of the node with this number.
struct vnode_span {
  std::uint32_t number;
  std::uint32_t from;
  std::uint32_t to;
};

// Writes the labels of some spans of vnodes in batches:
//
//   while (labels.left() > 0) {
//     if (labels.is_node_done()) labels.begin(bytes of the id of labels.next_node());
//     const auto batch = labels.write(most);
//     for (i = 0 … batch.count - 1) use(batch[i], labels.number());
//   }
//
// A batch has several copies of the label, and all of them get their index before the first one is hashed. A hash that
// reads eight bytes of which four were just written would wait until the processor has written them to the cache.
class vnode_labels {
 public:
  explicit vnode_labels(std::span<const vnode_span> spans) noexcept : spans_(spans) {
    for (const vnode_span& span : spans) left_ += span.to - span.from;
  }

  // How many labels are left.
  [[nodiscard]] std::size_t left() const noexcept { return left_; }
  // The current node.
  [[nodiscard]] std::uint32_t number() const noexcept { return current_.number; }
  [[nodiscard]] bool is_node_done() const noexcept { return current_.from == current_.to; }

  // Advances to the next node that has vnodes, and returns it. There must be one.
  std::uint32_t next_node() noexcept {
    do {
      current_ = spans_.front();
      spans_ = spans_.subspan(1);
    } while (is_node_done());
    return number();
  }
  // Sets the bytes of the current node's id.
  void begin(std::string_view id) {
    if (id.size() > 0xffffffffU)
      throw_invalid_argument("ring: the node id that begins with '" + std::string(id.substr(0, 32)) + "' has " +
                             std::to_string(id.size()) + " bytes; the maximum is 2^32 - 1");
    size_ = id.size() + 8;
    copies_ = size_ <= 256 ? 16 : 1;
    char length[4];
    write_little_endian(id.size(), length, 4);
    labels_.clear();
    labels_.reserve(size_ * copies_);
    labels_.append(length, 4).append(id).append(4, '\0');
    while (labels_.size() < size_ * copies_) labels_.append(labels_);
  }

  // Consecutive labels of one size.
  struct batch {
    const char* first;
    std::size_t size;  // of each label
    std::size_t count;
    [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept { return {first + i * size, size}; }
  };
  // Writes the next labels of the current node: at most `most`, and at least one if `most` is not 0. They are valid
  // until the next call.
  batch write(std::size_t most) noexcept {
    const std::uint32_t there = (std::min)(copies_, current_.to - current_.from);
    const std::uint32_t count = most < there ? static_cast<std::uint32_t>(most) : there;
    char* index = labels_.data() + size_ - 4;
    for (std::uint32_t i = 0; i < count; ++i, index += size_) write_little_endian(current_.from + i, index, 4);
    current_.from += count;
    left_ -= count;
    return {labels_.data(), size_, count};
  }

 private:
  std::span<const vnode_span> spans_;
  vnode_span current_{};
  std::size_t left_ = 0;
  std::string labels_;
  std::size_t size_ = 0;
  std::uint32_t copies_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
