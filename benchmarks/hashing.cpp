// SPDX-License-Identifier: MIT
// Does inlining xxHash pay, and which hash is quick for which keys?
//
//   hash_xxh3, hash_xxh64     linked against inlined, keys of 4 to 200 bytes
//   hash_integer              a 64-bit integer as key
//   hash_string               every hash of quoit, xxh3 as the measure
//   ring_string               a lookup by 16-byte key, xxh3 linked against inlined
//   ring_integer              the same by integer
//
// Both forms of xxHash live in this one file: quoit's own header has been read, with the linked functions, before the macro
// makes <xxhash.h> give out its inline copy under other names. The link target quoit::inline_xxhash does the same to a
// whole program at once.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/key.hpp>
#include <quoit/ring.hpp>
#include <quoit/xxhash.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "suite.hpp"

namespace bench {
namespace {

struct inlined_xxh3 {
  static constexpr std::string_view stable_name = "xxh3";
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
  }
};

struct inlined_xxh64 {
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return XXH64(bytes.data(), bytes.size(), seed);
  }
};

// Keys of one length, which the compiler does not know.
std::vector<std::string_view> keys_of(std::size_t length) {
  std::vector<std::string_view> keys;
  const std::string_view text = text_of_keys();
  for (std::size_t i = 0; i < 1024; ++i) keys.push_back(text.substr(i * 256, length));
  return keys;
}

template <class Hash>
void add_strings(const suite& suite, const char* question, std::size_t length, const char* competitor, Hash hash) {
  suite.add(question, "bytes:" + std::to_string(length), competitor, [=](benchmark::State& state) {
    const auto keys = keys_of(length);
    std::size_t at = 0;
    for (auto _ : state) benchmark::DoNotOptimize(hash(keys[at++ % 1024], 0));
  });
}

template <class Hash>
void add_integers(const suite& suite, const char* competitor, Hash hash) {
  suite.add("hash_integer", "bytes:8", competitor, [=](benchmark::State& state) {
    std::uint64_t key = 0;
    for (auto _ : state) benchmark::DoNotOptimize(quoit::hash_key(hash, ++key, 0));
  });
}

template <class Hash>
void add_ring(const suite& suite, const size& size, const char* competitor, Hash hash) {
  const auto add = [&](const char* question, auto key_of) {
    suite.add(question, size.row(), competitor, [=](benchmark::State& state) {
      quoit::ring<std::string, Hash> ring({.vnodes = size.vnodes}, hash);
      ring.assign(node_names(size.nodes));
      text_of_keys();
      std::uint64_t key = 0;
      for (auto _ : state) {
        auto found = ring.find(key_of(++key));
        keep(found);
      }
    });
  };
  add("ring_string", [](std::uint64_t n) { return text_key(n); });
  add("ring_integer", [](std::uint64_t n) { return quoit::splitmix64(n); });
}

}  // namespace

void add_hashing(const suite& suite) {
  for (const std::size_t length : {4U, 8U, 16U, 32U, 64U, 200U}) {
    add_strings(suite, "hash_xxh3", length, "linked", quoit::xxh3{});
    add_strings(suite, "hash_xxh3", length, "inlined", inlined_xxh3{});
    add_strings(suite, "hash_xxh64", length, "linked", quoit::xxh64{});
    add_strings(suite, "hash_xxh64", length, "inlined", inlined_xxh64{});
  }
  for (const std::size_t length : {8U, 16U, 64U}) {
    add_strings(suite, "hash_string", length, "xxh3", quoit::xxh3{});
    add_strings(suite, "hash_string", length, "xxh3 inlined", inlined_xxh3{});
    add_strings(suite, "hash_string", length, "xxh64", quoit::xxh64{});
    add_strings(suite, "hash_string", length, "mix64", quoit::mix64{});
    add_strings(suite, "hash_string", length, "fnv1a", quoit::fnv1a{});
    add_strings(suite, "hash_string", length, "murmur3", quoit::murmur3{});
    add_strings(suite, "hash_string", length, "crc32", quoit::crc32{});
  }
  add_integers(suite, "xxh3", quoit::xxh3{});
  add_integers(suite, "xxh3 inlined", inlined_xxh3{});
  add_integers(suite, "xxh64", quoit::xxh64{});
  add_integers(suite, "mix64", quoit::mix64{});
  add_integers(suite, "fnv1a", quoit::fnv1a{});
  add_integers(suite, "murmur3", quoit::murmur3{});
  add_integers(suite, "crc32", quoit::crc32{});
  for (const std::size_t nodes : {8U, 64U, 1000U}) {
    add_ring(suite, {nodes, 160}, "linked", quoit::xxh3{});
    add_ring(suite, {nodes, 160}, "inlined", inlined_xxh3{});
  }
}

}  // namespace bench
