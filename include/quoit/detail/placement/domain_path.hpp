// SPDX-License-Identifier: MIT
// The normal form of domain paths. This file alone knows how a path is read; everything else compares whole texts.
//
//   given    "eu/a"   "/eu//a/"   "r1/"   "//r1"   "" or "///"        levels are separated by '/', empty ones count
//   normal   "eu/a"   "eu/a"      "r1"    "r1"     "" (unknown)       for nothing, and all other characters are text
//
// A path is brought into normal form when a node enters a placement: then equal domains are equal texts in nodes(),
// fingerprints, saved bytes and comparisons. Entries of a placement of the user need no normal form, so code that reads
// them goes through for_each_level().
//
// Rejected: reading "." and ".." as file systems do, because they are names like any other; paths of any depth, because
// the time of a plan grows with the number of domains, and a deep path is a mistake.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <quoit/config.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Calls use(name) for each level of a path, in normal form or not. O(characters).
template <class Use>
constexpr void for_each_level(std::string_view path, const Use& use) {
  while (!path.empty()) {
    const std::size_t cut = path.find('/');
    if (cut != 0) use(path.substr(0, cut));
    path = cut == path.npos ? std::string_view() : path.substr(cut + 1);
  }
}

// The number of levels of a path, in normal form or not. O(characters).
[[nodiscard]] constexpr std::size_t levels_of(std::string_view path) noexcept {
  std::size_t levels = 0;
  for_each_level(path, [&levels](std::string_view) { ++levels; });
  return levels;
}

// Brings a path into normal form, in place. O(characters), does not allocate.
inline void normalise_path(std::string& path) noexcept {
  std::size_t size = 0;
  for (const char c : path) {
    if (c == '/' && (size == 0 || path[size - 1] == '/')) continue;
    path[size++] = c;
  }
  if (size != 0 && path[size - 1] == '/') --size;
  path.erase(size);
}

[[noreturn]] inline void throw_deep_domain(std::string_view who, const std::string& id, std::string_view path,
                                           std::size_t levels) {
  constexpr std::size_t shown = 40;
  throw_invalid_argument(std::string(who) + ": the domain of node '" + id + "' has " + std::to_string(levels) +
                         " levels ('" + std::string(path.substr(0, shown)) + (path.size() > shown ? "...'" : "'") +
                         "); the limit is " + std::to_string(max_domain_levels) +
                         ". Leave out levels that copies need not be spread over, or join names with another character "
                         "than '/'");
}

// Throws std::invalid_argument if the domain of a node has too many levels. `who` names the placement in the message.
template <class Node>
void require_levels(std::string_view who, const Node& node, std::string_view path) {
  const std::size_t levels = levels_of(path);
  if (levels > max_domain_levels) throw_deep_domain(who, quoit::id_text(node), path, levels);
}

// Brings the domain of a node that enters a placement into normal form. Throws what require_levels() throws.
template <class Node>
void normalise_domain(std::string_view who, node_spec<Node>& spec) {
  normalise_path(spec.domain);
  require_levels(who, spec.node, spec.domain);
}

// The domain of an entry of any placement, as it is written there. Empty if its entries have no domains.
template <class Entry>
[[nodiscard]] std::string_view domain_of(const Entry& entry) noexcept {
  if constexpr (requires { std::string_view(entry.domain); }) return entry.domain;
  else return {};
}

// Throws what require_levels() throws, for the nodes of any placement. O(characters of all paths).
template <class Placement>
void require_domains(std::string_view who, const Placement& placement) {
  for (const auto& entry : placement.nodes()) require_levels(who, entry.node, detail::domain_of(entry));
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
