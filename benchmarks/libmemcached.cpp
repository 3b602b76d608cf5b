// SPDX-License-Identifier: MIT
// The real libmemcached as a competitor of lookup_string: a client that many programs have used for many years.
//
// Ketama distribution with the library's default hash, 100 points a server. It finds the server's number and talks to nobody.
// It aborts above 100 servers.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <libmemcached/memcached.h>

#include "suite.hpp"

namespace bench {
namespace {

struct freed {
  void operator()(memcached_st* client) const { memcached_free(client); }
};

std::unique_ptr<memcached_st, freed> client_of(const std::vector<std::string>& names) {
  std::unique_ptr<memcached_st, freed> client(memcached_create(nullptr));
  bool good =
      client != nullptr && memcached_behavior_set(client.get(), MEMCACHED_BEHAVIOR_DISTRIBUTION,
                                                  MEMCACHED_DISTRIBUTION_CONSISTENT_KETAMA) == MEMCACHED_SUCCESS;
  for (const std::string& name : names) {
    good = good && memcached_server_add(client.get(), name.c_str(), 11211) == MEMCACHED_SUCCESS;
  }
  std::vector<bool> seen(names.size());
  for (std::size_t i = 0; good && i < 64 * names.size(); ++i) {
    const std::string_view key = text_key(i);
    const std::uint32_t server = memcached_generate_hash(client.get(), key.data(), key.size());
    good = server < names.size();
    if (good) seen[server] = true;
  }
  for (const bool one : seen) good = good && one;
  if (!good) {
    std::fputs("quoit: libmemcached does not do what it is expected to do\n", stderr);
    std::exit(1);
  }
  return client;
}

}  // namespace

void add_libmemcached(const suite& suite) {
  for (const size& size : suite.sizes()) {
    if (size.nodes > 100 || size.vnodes != 160) continue;
    suite.add("lookup_string", size.row(), "libmemcached", [=](benchmark::State& state) {
      const auto client = client_of(node_names(size.nodes));
      std::size_t at = 0;
      for (auto _ : state) {
        const std::string_view key = text_key(++at);
        std::uint32_t server = memcached_generate_hash(client.get(), key.data(), key.size());
        keep(server);
      }
    });
  }
}

}  // namespace bench
