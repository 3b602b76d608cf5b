// SPDX-License-Identifier: MIT
// Nodes join, leave, grow and drain. Shows which keys move, and that no other key does.
#include <quoit/ring.hpp>

#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

const std::vector<std::string> keys = {"bash",    "cmake", "curl",   "gcc-12",  "git",  "grep",     "gzip",   "less",
                                       "libc6",   "make",  "nano",   "openssl", "perl", "python3",  "rsync",  "sed",
                                       "sqlite3", "tar",   "tzdata", "vim",     "wget", "xz-utils", "zlib1g", "zstd"};

// A ring is a value: keep the old one, change the new one, compare.
void show(std::string_view title, const quoit::ring<>& before, const quoit::ring<>& after) {
  std::cout << '\n' << title << '\n';
  std::size_t moved = 0;
  for (const std::string& key : keys) {
    const std::string *const from = before.find(key), *const to = after.find(key);  // old and new owner
    if (*from == *to) continue;
    std::cout << "  " << key << ": " << *from << " -> " << *to << '\n';
    ++moved;
  }
  const auto moves = quoit::diff(before, after);
  std::cout << "  " << moved << " of these " << keys.size() << " keys moved; of all possible keys " << moves.moved()
            << "; the least possible: " << moves.minimum() << '\n';
}

// The keys above are a sample. diff() lists every range of keys that changes its owner, so this check is complete.
void expect_only(std::string_view node, const quoit::ring<>& before, const quoit::ring<>& after) {
  for (const auto& move : quoit::diff(before, after)) {
    if (*move.from != node && *move.to != node) {
      std::cout << "  unnecessary move: " << move << '\n';
      return;
    }
  }
  std::cout << "  every move is to or from " << node << '\n';
}

int main() {
  quoit::ring<> ring;
  ring.assign({{"alpha"}, {"beta"}, {"gamma"}, {"delta"}});
  std::cout << "owners at first\n";
  for (const std::string& key : keys) std::cout << "  " << key << ": " << ring.owner(key) << '\n';

  auto before = ring;
  ring.add("epsilon");
  show("epsilon joins: keys move to epsilon only", before, ring);
  expect_only("epsilon", before, ring);

  before = ring;
  ring.remove("beta");
  show("beta leaves: keys move from beta only", before, ring);
  expect_only("beta", before, ring);

  // Twice the weight gives twice as many virtual nodes. The existing ones stay.
  before = ring;
  ring.set_weight("gamma", 2);
  show("gamma gets weight 2: keys move to gamma only", before, ring);
  expect_only("gamma", before, ring);

  // Weight 0 drains: the node stays in the ring, with its domain, and owns nothing. remove() would move the same keys.
  before = ring;
  ring.set_weight("delta", 0);
  show("delta drains: keys move from delta only", before, ring);
  expect_only("delta", before, ring);
  std::cout << "  nodes in the ring: " << ring.size() << "; nodes that own keys: " << ring.active() << '\n';

  // Copies in one zone are lost together. spread::domains takes one node of every zone first.
  ring.assign({{"a1", 1, "eu/zone-1"}, {"a2", 1, "eu/zone-1"}, {"a3", 1, "eu/zone-1"}, {"b1", 1, "eu/zone-2"}});
  std::cout << "\ntwo copies, on any nodes / in different zones\n";
  for (const std::string_view key : {"bash", "curl", "git", "less", "tar"}) {
    const auto any = ring.replicas(key, 2), apart = ring.replicas(key, 2, quoit::spread::domains);
    std::cout << "  " << key << ": " << any[0] << ' ' << any[1] << " / " << apart[0] << ' ' << apart[1] << '\n';
  }
}
