// SPDX-License-Identifier: MIT
// A user's own types work with the module, too: a hash, a hash that is named outside of its class, a slot policy, and a
// node type.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "check.hpp"

import quoit;

namespace acme {

struct fnv {
  static constexpr std::string_view stable_name = "acme.fnv/1";
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return quoit::fmix64(quoit::fnv1a_64(bytes) ^ seed);
  }
};

struct foreign {  // a class that the user cannot change, so its name is declared below
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return quoit::mix64{}(bytes, ~seed);
  }
};

struct by_tenant {
  static std::string name() { return "by_tenant/1"; }
  static constexpr std::uint64_t count() noexcept { return 4096; }
  static constexpr std::uint64_t slot(std::uint64_t hash) noexcept { return hash >> 52; }
  static std::uint64_t hash_key(std::string_view key) noexcept {
    return quoit::xxh3{}(key.substr(0, key.find('/')), 0);
  }
};

struct server {
  std::string name;
  std::string address;
};
std::string_view quoit_id(const server& one) noexcept { return one.name; }

struct user {
  std::uint32_t number;
};
std::uint32_t quoit_id(const user& one) noexcept { return one.number; }

}  // namespace acme

template <>
inline constexpr std::string_view quoit::stable_hash_name<acme::foreign> = "acme.foreign/1";

static_assert(quoit::stable_hash<acme::fnv> && quoit::stable_hash<acme::foreign> &&
              quoit::slot_policy<acme::by_tenant>);
static_assert(!quoit::stable_hash<int> && quoit::hashable_key<acme::user> && !quoit::hashable_key<acme::fnv>);
static_assert(quoit::placement<quoit::ring<acme::server, acme::fnv>>);

void use_own_types() {
  quoit::ring<acme::server, acme::fnv> servers;
  servers.add({"s1", "10.0.0.1"});
  servers.add({"s2", "10.0.0.2"});
  CHECK(servers.owner(acme::user{42}).name == servers.owner(42).name);
  CHECK(servers.spec().find("acme.fnv/1") != std::string::npos);
  CHECK(quoit::id_text(servers.owner("user:42")).size() == 2);

  const auto before = servers;
  servers.remove("s1");
  const auto moves = quoit::diff(before, servers);
  CHECK(moves.size() != 0 && quoit::to_string(*moves.begin()).find("s1 -> s2") != std::string::npos);

  quoit::ring<std::string, acme::foreign> named;
  named.add("a");
  CHECK(named.spec().find("acme.foreign/1") != std::string::npos);

  quoit::ring<int, quoit::xxh3, acme::by_tenant> tenants;
  for (const int node : {1, 2, 3}) tenants.add(node);
  CHECK(tenants.owner("acme/cart/1") == tenants.owner("acme/orders/7"));
}
