// SPDX-License-Identifier: MIT
// xxh3 (the default hash) and xxh64, from the xxHash library. No other file includes <xxhash.h>.
//
// quoit links xxHash and defines none of its macros. If this header defined XXH_INLINE_ALL, every later
// #include <xxhash.h> of the program would get the renamed inline copy. To inline the calls, link the CMake target
// quoit::inline_xxhash, which defines the macro for a whole target. It gains little, depending on the compiler:
// docs/speed.md has measurements.
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
#error "quoit needs xxHash 0.8 or newer, and xxhash.h is older: XXH3 was not final before 0.8"
#include <quoit needs xxHash 0.8, see above>
#endif

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// XXH3 with 64 bits and a seed: fast for every length, passes SMHasher, the same values on every machine. O(bytes).
struct xxh3 {
  static constexpr std::string_view stable_name = "xxh3";  ///< see stable_hash_name
  /// The hash.
  [[nodiscard]] std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
  }
};

/// XXH64, which Envoy and many other systems use. O(bytes).
struct xxh64 {
  static constexpr std::string_view stable_name = "xxh64";  ///< see stable_hash_name
  /// The hash.
  [[nodiscard]] std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return XXH64(bytes.data(), bytes.size(), seed);
  }
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
