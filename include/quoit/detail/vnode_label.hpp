// SPDX-License-Identifier: MIT
// A vnode's label: u32 length of the id, the id, u32 index of the vnode; numbers little-endian, an integer id as 8 bytes.
//
// The length in front makes labels unambiguous: node "node1" vnode 1 is not node "node" vnode 11 (P5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <quoit/config.hpp>
#include <quoit/hash.hpp>
#include <quoit/node.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node, class Use>
void with_id_bytes(const Node& node, const Use& use) {
  const auto id = id_of(node);
  if constexpr (std::integral<decltype(id_of(node))>) {
    char bytes[8];
    write_little_endian(static_cast<std::uint64_t>(id), bytes, 8);
    use(std::string_view(bytes, 8));
  } else {
    use(id);
  }
}

// Calls use(hash) for vnodes `from` … `to` - 1 of the node. One buffer; only the index at its end changes.
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
  char* const index = label.data() + label.size() - 4;
  for (std::uint32_t i = from; i < to; ++i) {
    write_little_endian(i, index, 4);
    use(hash(std::string_view(label), seed));
  }
}

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
