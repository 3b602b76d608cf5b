// SPDX-License-Identifier: MIT
// Forward declarations with default template arguments, so that a signature can name a placement without its header.
#pragma once

#include <cstdint>
#include <string>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

struct xxh3;
struct whole_circle;

template <class Node = std::string, class Hash = xxh3, class Slots = whole_circle>
class ring;

template <std::uint64_t Q>
class slots;

template <class Node = std::string, class Hash = xxh3, class Slots = slots<~std::uint64_t{0}>>  // slots<>
class slot_table;

template <class Value, class Placement = ring<>>
class kv_map;

template <class T>
class published;

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
