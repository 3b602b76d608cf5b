// SPDX-License-Identifier: MIT
// A kv_map can use a placement without add(), but no node can join then.
// expect: quoit: kv_map::join\(\) needs the placement's add\(node, options\); rehome\(\) works with any placement
#include <utility>

#include <quoit/kv_map.hpp>

namespace mine {
class fixed : quoit::ring<> {
 public:
  using quoit::ring<>::node_type;
  explicit fixed(quoit::ring<> nodes) : quoit::ring<>(std::move(nodes)) {}
  using quoit::ring<>::arcs;
  using quoit::ring<>::find;
  using quoit::ring<>::fingerprint;
  using quoit::ring<>::key_spec;
  using quoit::ring<>::nodes;
  using quoit::ring<>::position;
  using quoit::ring<>::preferred;
  using quoit::ring<>::size_of;
  using quoit::ring<>::spec;
};
}  // namespace mine

void test(quoit::kv_map<int, mine::fixed>& map) {
#if defined(QUOIT_EXPECT_ERROR)
  map.join("node");
#endif
  map.rehome(mine::fixed(quoit::ring<>()));
}
