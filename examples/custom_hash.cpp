// SPDX-License-Identifier: MIT
// Other hashes, integer keys, keys that are hashed already, and nodes with an address.
#include <quoit/hash.hpp>
#include <quoit/ring.hpp>
#include <quoit/xxhash.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

// A custom hash: bytes and a seed in, 64 bits out, const and noexcept. stable_name promises that the result is the same
// in every process and version; change the name if the result changes. Without the name, the ring does not compile.
// For example, std::hash may differ between two builds of one program.
struct djb2 {
  static constexpr std::string_view stable_name = "djb2-fmix64/1";
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    std::uint64_t state = 5381 ^ seed;
    for (const char c : bytes) state = state * 33 + static_cast<unsigned char>(c);
    return quoit::fmix64(state);  // the high bits count most on the ring, and djb2 alone leaves them almost empty
  }
};

// A hash of another library, which you cannot change …
namespace other {
struct chain {
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    for (const char c : bytes) seed = quoit::splitmix64(seed + static_cast<unsigned char>(c));
    return seed;
  }
};
}  // namespace other

// … gets its name from outside of its class.
template <>
inline constexpr std::string_view quoit::stable_hash_name<other::chain> = "other-chain/1";

// A custom node type: quoit_id returns its id. All else is payload, which the ring stores and never reads.
namespace shop {
struct server {
  std::string name;
  std::string address;
};
std::string_view quoit_id(const server& one) noexcept { return one.name; }
}  // namespace shop

template <class Hash>
void show() {
  quoit::ring<std::string, Hash> ring;
  ring.assign({{"alpha"}, {"beta"}, {"gamma"}});
  std::cout << ring.spec() << "\n ";
  for (const std::string_view key : {"bash", "curl", "git", "tar"}) std::cout << " " << key << ": " << ring.owner(key);
  std::cout << '\n';
}

int main() {
  // The name is part of the spec. So two processes with different hashes can detect that before they lose data.
  std::cout << "one ring under six hashes\n";
  show<quoit::xxh3>();
  show<quoit::xxh64>();
  show<quoit::fnv1a>();
  show<quoit::mix64>();
  show<djb2>();
  show<other::chain>();

  // An integer of any type is hashed by its value, as 8 little-endian bytes. mix64 hashes it in a few cycles.
  quoit::ring<std::uint32_t, quoit::mix64> shards;
  for (std::uint32_t shard = 0; shard < 4; ++shard) shards.add(shard);
  std::cout << "\ninteger keys on integer nodes:";
  for (int order = 1000; order < 1008; ++order) std::cout << ' ' << order << "->" << shards.owner(order);
  std::cout << "\nint and long long agree: " << (shards.owner(1000) == shards.owner(1000LL) ? "yes" : "no") << '\n';

  // For a key that is hashed already, for example by a proxy: key_hash is used unchanged.
  std::cout << "key_hash{2^63}: position " << shards.position(quoit::key_hash{std::uint64_t{1} << 63}) << ", owner "
            << shards.owner(quoit::key_hash{std::uint64_t{1} << 63}) << '\n';

  // Only the id decides which keys a server owns. A server with a new address keeps its keys.
  quoit::ring<shop::server> ring;
  ring.add({"alpha", "10.0.0.1:6379"});
  ring.add({"beta", "10.0.0.2:6379"});
  const auto before = ring;
  std::cout << "\nbash is at " << ring.owner("bash").address << '\n';
  ring.assign({{{"alpha", "10.9.9.1:6379"}}, {{"beta", "10.9.9.2:6379"}}});
  std::cout << "bash is at " << ring.owner("bash").address << " after all servers changed their addresses; keys that "
            << "changed their server: " << quoit::diff(before, ring).moved() << '\n';
  std::cout << "the id is enough to find a node: " << ring.find_node("beta")->node.address << '\n';
}
