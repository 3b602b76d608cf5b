// SPDX-License-Identifier: MIT
// A ring that changes while threads read it: readers, snapshots, and atomic updates.
#include <quoit/published.hpp>
#include <quoit/ring.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using ring = quoit::ring<>;

int main() {
  ring initial;
  initial.assign({{"alpha"}, {"beta"}, {"gamma"}});
  quoit::published rings(initial);

  // A snapshot keeps one version. A reader gets the newest one, for one load if there is no newer version.
  const auto snapshot = rings.snapshot();
  auto reader = rings.reader();
  rings.update([](ring& next) { next.add("delta"); });
  std::cout << "the snapshot is version " << snapshot.version() << " with " << snapshot->size() << " nodes\n";
  std::cout << "the reader sees version " << (reader.refresh(), reader.version()) << " with " << reader.held().size()
            << " nodes\n";
  std::cout << quoit::diff(*snapshot, reader.held()).moved() << " of all keys moved between the two\n";

  // The change works on a copy. If the change throws, the copy is discarded.
  try {
    rings.update([](ring& next) {
      next.remove("alpha");
      next.add("beta");
    });
  } catch (const std::exception& error) {
    std::cout << "\nrefused: " << error.what()
              << "\nalpha is still there: " << (reader.get().contains_node("alpha") ? "yes" : "no") << ", version "
              << reader.version() << '\n';
  }

  // Service discovery reports the whole set every few seconds, mostly unchanged. Publish only if it differs.
  for (const std::vector<std::string>& nodes :
       {std::vector<std::string>{"alpha", "beta", "delta", "gamma"}, {"alpha", "beta", "delta"}}) {
    const bool published = rings.update_if([&](ring& next) { return next.assign(nodes) != quoit::assign_result{}; });
    std::cout << nodes.size() << " nodes reported: " << (published ? "published" : "nothing new") << '\n';
  }

  // Two threads look up keys, each with a reader of its own, while two other threads add nodes. No reader waits for a
  // writer. A reference from get() stays valid until the same reader's next get().
  std::atomic<bool> done = false, whole = true;
  {
    std::vector<std::jthread> readers;
    for (int thread = 0; thread < 2; ++thread) {
      readers.emplace_back([&, mine = rings.reader()]() mutable {
        for (std::uint64_t key = 0; !done; ++key) {
          const ring& now = mine.get();
          if (!now.contains_node(now.owner(key))) whole = false;
        }
      });
    }
    std::vector<std::jthread> writers;
    for (const std::string name : {"east-", "west-"}) {
      writers.emplace_back([&rings, name] {
        for (int n = 0; n < 20; ++n) rings.update([&](ring& next) { next.add(name + std::to_string(n)); });
      });
    }
    writers.clear();  // joins
    done = true;
  }
  std::cout << "\nevery owner was a node of its ring: " << (whole ? "yes" : "no")
            << "\n3 nodes and two times 20: " << reader.get().size() << ", version " << reader.version() << '\n'
            << "the first snapshot still has " << snapshot->size() << '\n';
}
