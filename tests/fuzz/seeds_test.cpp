// SPDX-License-Identifier: MIT
// The fuzz targets with their seeds and with every input that once broke a rule, without libFuzzer.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "fuzz/target.hpp"
#include "support/choices.hpp"

namespace {

void replay(const std::string& name, void (*target)(test::fuzz::input_bytes)) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(QUOIT_TEST_DATA_DIR "/fuzz/seeds/" + name)) {
    INFO(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    REQUIRE(!bytes.empty());
    std::string broken;
    try {
      target(bytes);
    } catch (const test::fault& rule) {
      broken = rule.what();
    }
    REQUIRE(broken == "");
    ++files;
  }
  REQUIRE(files >= 10);
}

}  // namespace

TEST_CASE("fuzz: the seeds of adopt", "[fuzz]") { replay("adopt", test::fuzz::adopt); }
TEST_CASE("fuzz: the seeds of ring_operations", "[fuzz]") { replay("ring_operations", test::fuzz::ring_operations); }
TEST_CASE("fuzz: the seeds of slot_table_restore", "[fuzz]") {
  replay("slot_table_restore", test::fuzz::slot_table_restore);
}
TEST_CASE("fuzz: the seeds of table_transition_operations", "[fuzz]") {
  replay("table_transition_operations", test::fuzz::table_transition_operations);
}
TEST_CASE("fuzz: the seeds of transition_restore", "[fuzz]") {
  replay("transition_restore", test::fuzz::transition_restore);
}
