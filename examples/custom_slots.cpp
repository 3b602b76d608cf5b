// SPDX-License-Identifier: MIT
// Slot policies: a fixed number of slots, the slots of Redis Cluster, the textbook's circle, and a custom policy.
#include <quoit/ring.hpp>
#include <quoit/slots.hpp>
#include <quoit/xxhash.hpp>

#include <cstdint>
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>

// A custom policy needs name(), count() and slot(hash). This one also prescribes how a key is hashed: only the part
// before its first '/'. So all keys of one tenant are on one node and can be read with one request.
struct by_tenant {
  static std::string name() { return "by_tenant/1"; }
  static constexpr std::uint64_t count() noexcept { return 4096; }
  static constexpr std::uint64_t slot(std::uint64_t hash) noexcept { return hash >> 52; }
  static std::uint64_t hash_key(std::string_view key) noexcept {
    const std::string_view tenant = key.substr(0, key.find('/'));
    return quoit::xxh3{}(tenant, 0);
  }
};

template <class Ring>
void show(std::string_view title, const Ring& ring, std::initializer_list<std::string_view> keys) {
  std::cout << '\n' << title << ": " << ring.spec() << '\n';
  for (const std::string_view key : keys) {
    std::cout << "  " << key << ": slot " << ring.position(key) << " on " << ring.owner(key) << '\n';
  }
}

template <class Slots>
using ring_of = quoit::ring<std::string, quoit::xxh3, Slots>;

int main() {
  // slots<Q>: floor(hash * Q / 2^64). Doubling Q splits slot p into 2p and 2p + 1, so a cluster may start small.
  ring_of<quoit::slots<1024>> fixed;
  ring_of<quoit::slots<2048>> doubled;
  fixed.assign({{"alpha"}, {"beta"}, {"gamma"}});
  doubled.assign({{"alpha"}, {"beta"}, {"gamma"}});
  show("1024 slots", fixed, {"bash", "curl", "git"});
  show("2048 slots", doubled, {"bash", "curl", "git"});

  // Q may also come from a configuration file.
  const ring_of<quoit::slots<>> configured({}, quoit::slots<>{1024});
  std::cout << "\na run-time Q of " << configured.slots().count() << " puts bash into slot "
            << configured.position("bash") << " too\n";

  // Redis Cluster's 16,384 slots: CRC16 of the key, or of its {hash tag}, which keeps related keys together.
  ring_of<quoit::redis_slots> redis;
  redis.assign({{"alpha"}, {"beta"}, {"gamma"}});
  show("Redis Cluster", redis, {"123456789", "user:42:cart", "{user:42}:cart", "{user:42}:orders"});

  // The textbook's circle of length M: H(x) = (x mod M) + 1, which is 1 … M, and slot S = floor((H - 1) * Q / M).
  // Some texts write S = floor(H / M) instead. H is at most M, so that gives slot 0 for all keys except those with H =
  // M.
  constexpr quoit::modulo_circle<12, 4> textbook;
  std::cout << "\nmodulo_circle<12, 4>\n    H   floor((H-1)*4/12)   floor(H/12)\n";
  for (std::uint64_t x = 0; x < 12; ++x) {
    const std::uint64_t h = textbook.position(x);
    std::cout << (h < 10 ? "    " : "   ") << h << "   " << textbook.slot(x) << "                   " << h / 12 << '\n';
  }

  ring_of<by_tenant> tenants;
  tenants.assign({{"alpha"}, {"beta"}, {"gamma"}});
  show("a custom policy", tenants, {"acme/cart/1", "acme/orders/7", "globex/cart/1"});
}
