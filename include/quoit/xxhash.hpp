// SPDX-License-Identifier: MIT
// xxh3 (quoit's default hash) and xxh64, from the xxHash library; the only file that includes <xxhash.h>.
//
// quoit links xxHash and defines none of its macros: a library header that defined XXH_INLINE_ALL would hand the
// renamed inline copy to every later #include <xxhash.h> of yours. Who wants the calls inlined links the CMake target
// quoit::inline_xxhash, which defines the macro for a whole target. It gains little, and depends on the compiler:
// docs/speed.md has figures.
#pragma once

#include <cstdint>
#include <string_view>

#include <quoit/version.hpp>

#if __has_include(<xxhash.h>)
#include <xxhash.h>
#else
#error "quoit needs xxhash.h: install libxxhash-dev (Debian), xxhash-devel (Fedora) or xxhash (Homebrew, vcpkg, Conan)"
#include <quoit needs xxhash.h, see above>
#endif
#if XXH_VERSION_NUMBER < 800
#error "quoit needs xxHash 0.8 or newer, and xxhash.h is older: XXH3 was not final before"
#include <quoit needs xxHash 0.8, see above>
#endif

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// XXH3, 64 bits, with seed: fast for every length, passes SMHasher, canonical values on every machine. O(bytes).
struct xxh3 {
  static constexpr std::string_view stable_name = "xxh3";  ///< see stable_hash_name
  /// The hash.
  [[nodiscard]] std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
  }
};

/// XXH64, the hash of Envoy and many others. O(bytes).
struct xxh64 {
  static constexpr std::string_view stable_name = "xxh64";  ///< see stable_hash_name
  /// The hash.
  [[nodiscard]] std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return XXH64(bytes.data(), bytes.size(), seed);
  }
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
