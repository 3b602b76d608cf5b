// SPDX-License-Identifier: MIT
// A vnode's label: u32 length of the id, the id, u32 index of the vnode; numbers little-endian, an integer id as 8 bytes.
//
// The length in front makes labels unambiguous: node "node1" vnode 1 is not node "node" vnode 11 (P5).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <quoit/config.hpp>
#include <quoit/hash.hpp>
#include <quoit/node.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

// Calls use(hash) for vnodes `from` … `to` - 1 of the node.
//
// Several copies of the label get their indices before the first of them is hashed: a hash that reads eight bytes of which
// four were just written would have to wait until the processor has put those into the cache.
template <class Hash, class Node, class Use>
void for_each_vnode_hash(const Hash& hash, std::uint64_t seed, const Node& node, std::uint32_t from, std::uint32_t to,
                         const Use& use) {
  std::string label(4, '\0');
  with_id_bytes(node, [&](std::string_view id) {
    if (id.size() > 0xffffffffU) throw_invalid_argument("ring: a node id longer than 4 GiB");
    write_little_endian(id.size(), label.data(), 4);
    label.append(id);
  });
  label.append(4, '\0');
  const std::size_t size = label.size();
  const std::uint32_t copies = size <= 256 ? 16 : 1;
  std::string labels;
  labels.reserve(size * copies);
  for (std::uint32_t copy = 0; copy < copies; ++copy) labels += label;
  while (from < to) {
    const std::uint32_t count = (std::min)(copies, to - from);
    char* index = labels.data() + size - 4;
    for (std::uint32_t i = 0; i < count; ++i, index += size) write_little_endian(from + i, index, 4);
    const char* at = labels.data();
    for (std::uint32_t i = 0; i < count; ++i, at += size) use(hash(std::string_view(at, size), seed));
    from += count;
  }
}

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
