#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the golden files beside it: hashes.tsv, ring_<hash>.tsv and slot_table_<hash>.tsv.

This is a second implementation of what the comments in include/quoit/ specify, in plain Python, so that the library is not
compared with itself. It needs Python 3.8 and, for XXH3 and XXH64, the reference library through PyPI's xxhash:

    python3 -m venv venv && venv/bin/pip install xxhash && venv/bin/python make_golden.py

A changed golden file is a changed placement, which is a new major version. Nobody runs this to make a test pass.
"""
import bisect
import os
import zlib

import xxhash

M64 = 2**64 - 1
HERE = os.path.dirname(os.path.abspath(__file__))

# ---- Hashes


def rotl(x, r):
    return ((x << r) | (x >> (64 - r))) & M64


def fmix64(x):
    x = ((x ^ (x >> 33)) * 0xFF51AFD7ED558CCD) & M64
    x = ((x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53) & M64
    return x ^ (x >> 33)


def splitmix64(x):
    x = (x + 0x9E3779B97F4A7C15) & M64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & M64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & M64
    return x ^ (x >> 31)


def fnv1a_64(data, basis=0xCBF29CE484222325):
    for byte in data:
        basis = ((basis ^ byte) * 0x100000001B3) & M64
    return basis


def murmur3_x64_128(data, seed=0):
    c1, c2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
    h1 = h2 = seed
    blocks = len(data) // 16
    for i in range(blocks):
        k1 = int.from_bytes(data[16 * i : 16 * i + 8], "little")
        k2 = int.from_bytes(data[16 * i + 8 : 16 * i + 16], "little")
        h1 ^= (rotl((k1 * c1) & M64, 31) * c2) & M64
        h1 = ((rotl(h1, 27) + h2) * 5 + 0x52DCE729) & M64
        h2 ^= (rotl((k2 * c2) & M64, 33) * c1) & M64
        h2 = ((rotl(h2, 31) + h1) * 5 + 0x38495AB5) & M64
    tail = data[16 * blocks :]
    if len(tail) > 8:
        h2 ^= (rotl((int.from_bytes(tail[8:], "little") * c2) & M64, 33) * c1) & M64
    if tail:
        h1 ^= (rotl((int.from_bytes(tail[:8], "little") * c1) & M64, 31) * c2) & M64
    h1 ^= len(data)
    h2 ^= len(data)
    h1 = (h1 + h2) & M64
    h2 = (h2 + h1) & M64
    h1, h2 = fmix64(h1), fmix64(h2)
    h1 = (h1 + h2) & M64
    return h1, (h2 + h1) & M64


def crc16_xmodem(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


def mix64(data, seed):
    """splitmix64 of state xor each 8-byte block; a tail, and only it, is complemented and carries its length."""
    state, at = seed, 0
    while len(data) - at >= 8:
        state = splitmix64(state ^ int.from_bytes(data[at : at + 8], "little"))
        at += 8
    rest = len(data) - at
    if rest == 0 and at != 0:
        return state
    return splitmix64((state ^ (int.from_bytes(data[at:], "little") | (rest << 56))) ^ M64)


HASHES = {
    "xxh3": lambda d, s: xxhash.xxh3_64_intdigest(d, s),
    "xxh64": lambda d, s: xxhash.xxh64_intdigest(d, s),
    "fnv1a-fmix64": lambda d, s: fmix64(fnv1a_64(d, 0xCBF29CE484222325 ^ s)),
    "mix64": mix64,
    "murmur3_x64_128": lambda d, s: murmur3_x64_128(d, s)[0],
    "crc32-splitmix64": lambda d, s: splitmix64(s ^ (zlib.crc32(d) & 0xFFFFFFFF)),
}

# ---- Slot policies: (name, count, slot of a hash, prescribed key hash or None); count None is the whole circle


def redis_key_hash(key):
    begin = key.find(b"{")
    if begin >= 0:
        end = key.find(b"}", begin + 1)
        if end > begin + 1:
            key = key[begin + 1 : end]
    return crc16_xmodem(key)


POLICIES = {
    "whole_circle": (lambda h: h, None),
    "slots/1000": (lambda h: h * 1000 >> 64, None),
    "slots/12": (lambda h: h * 12 >> 64, None),
    "modulo_circle/10007/97": (lambda h: (h % 10007) * 97 // 10007, None),
    "redis_slots": (lambda h: h % 16384, redis_key_hash),
}

# ---- The ring


def id_bytes(node_id):
    return (node_id & M64).to_bytes(8, "little") if isinstance(node_id, int) else node_id


def add_number(text, n, size=8):
    text.extend((n & (256**size - 1)).to_bytes(size, "little"))


def add_field(text, data, size=8):
    add_number(text, len(data), size)
    text.extend(data)


def add_nodes(text, nodes):
    for node_id in sorted(nodes):
        weight, domain = nodes[node_id]
        add_field(text, id_bytes(node_id))
        add_number(text, weight)
        add_field(text, domain.encode())


def apart(nodes, met):
    """The first node of every domain, then the others."""
    used, chosen, left = set(), [], []
    for node_id in met:
        domain = nodes[node_id][1]
        (left if domain and domain in used else chosen).append(node_id)
        used.add(domain)
    return chosen + left


class Placement:
    def position(self, key):
        """key: bytes, an integer, or ("hash", h)."""
        if isinstance(key, tuple):
            return self.slot(key[1])
        if self.key_hash is not None:
            return self.slot(self.key_hash(key))
        return self.slot(hash_cached(self.hash, id_bytes(key), self.seed))


class Ring(Placement):
    def __init__(self, hash_name, policy, vnodes, seed, nodes):
        """nodes: {id: (weight, domain)}; an id is bytes or an integer."""
        self.hash, self.seed, self.nodes = HASHES[hash_name], seed, nodes
        self.slot, self.key_hash = POLICIES[policy]
        self.spec = f"ring/1;{hash_name};vnodes={vnodes};slots={policy};seed={seed}"
        self.points = []
        for node_id, (weight, _) in nodes.items():
            name = id_bytes(node_id)
            for i in range(weight * vnodes):
                label = len(name).to_bytes(4, "little") + name + i.to_bytes(4, "little")
                h = self.hash(label, seed)
                self.points.append((self.slot(h), h, node_id))
        self.points.sort()

    def fingerprint(self):
        text = bytearray()
        add_field(text, self.spec.encode())
        add_number(text, self.hash(b"quoit", self.seed))
        add_nodes(text, self.nodes)
        return "%016x%016x" % murmur3_x64_128(bytes(text))

    def replicas(self, key, k, domains):
        start = bisect.bisect_left(self.points, (self.position(key), -1))
        met = []
        for _, _, node_id in self.points[start:] + self.points[:start]:
            if node_id not in met:
                met.append(node_id)
        return (apart(self.nodes, met) if domains else met)[:k]


class Table(Placement):
    """A slot table. lists: for every slot the ids of its replicas, None where a copy is missing."""

    def __init__(self, hash_name, policy, seed, nodes, lists, version=1):
        self.hash, self.seed, self.nodes, self.lists, self.version = HASHES[hash_name], seed, nodes, lists, version
        self.slot, self.key_hash = POLICIES[policy]
        self.width = len(lists[0])
        self.spec = f"slot_table/1;{hash_name};slots={policy};replicas={self.width};seed={seed}"
        ranks = {node_id: rank for rank, node_id in enumerate(sorted(nodes))}
        ranks[None] = -1
        self.entries = [ranks[node_id] for replicas in lists for node_id in replicas]

    def fingerprint(self):
        text = bytearray()
        add_field(text, self.spec.encode())
        add_number(text, self.hash(b"quoit", self.seed))
        add_nodes(text, self.nodes)
        add_number(text, len(self.entries))
        for rank in self.entries:
            add_number(text, rank, 4)
        return "%016x%016x" % murmur3_x64_128(bytes(text))

    def replicas(self, key, k, domains):
        met = [node_id for node_id in self.lists[self.position(key)] if node_id is not None]
        return (apart(self.nodes, met) if domains else met)[:k]

    def save(self):
        text = bytearray()
        add_field(text, self.spec.encode(), 4)
        add_number(text, self.hash(b"quoit", self.seed))
        add_number(text, len(self.lists))
        add_number(text, self.width, 4)
        add_number(text, self.seed)
        add_number(text, self.version)
        add_number(text, 1 if isinstance(next(iter(self.nodes)), int) else 0, 1)
        add_number(text, len(self.nodes), 4)
        for node_id in sorted(self.nodes):
            weight, domain = self.nodes[node_id]
            if isinstance(node_id, int):
                text.extend(id_bytes(node_id))
            else:
                add_field(text, node_id, 4)
            add_number(text, weight)
            add_field(text, domain.encode(), 4)
        size = 1 if len(self.nodes) < 256 else 2 if len(self.nodes) < 65536 else 4
        for rank in self.entries:
            add_number(text, rank, size)
        data = b"quoit-st" + (1).to_bytes(4, "little") + (8 + 4 + 8 + len(text) + 16).to_bytes(8, "little") + bytes(text)
        return data + b"".join(word.to_bytes(8, "little") for word in murmur3_x64_128(data))


cache = {}


def hash_cached(function, data, seed):
    if len(data) < 1000:
        return function(data, seed)
    where = (id(function), len(data), seed)
    if where not in cache:
        cache[where] = function(data, seed)
    return cache[where]


# ---- What is pinned

EQUAL = {b"node-%d" % i: (1, "") for i in range(8)}
WEIGHTED = {
    b"alpha": (1, "eu/zone-1"),
    b"beta": (2, "eu/zone-2"),
    b"gamma": (5, "eu/zone-1"),
    b"delta": (0, "us/zone-1"),
    b"epsilon": (1, "us/zone-1"),
    b"node1": (1, ""),
    b"node": (3, ""),
    "zürich".encode(): (2, "eu/zone-2"),
}
INTEGERS = {-3: (1, ""), 0: (2, ""), 7: (1, "a"), 1 << 40: (3, "a"), -(2**63): (1, "b")}

TEXT_KEYS = (
    [("text:" + k, k.encode()) for k in ["", "a", "user:42", "{user1000}.following", "{user1000}.followers", "foo{}{bar}",
                                         "the quick brown fox jumps over the lazy dog", "Zürich", "name with spaces"]]
    + [("hex:" + k, bytes.fromhex(k)) for k in ["00", "0000", "610062", "610063", "ff", "fffe8000", "7b007d78"]]
    + [("repeat:x*1048576", b"x" * 1048576)]
    + [("text:key-%d" % i, b"key-%d" % i) for i in range(40)]
)
NUMBER_KEYS = [("int:%d" % n, n) for n in [0, 1, -1, 42, -42, 255, 256, 2**31 - 1, -(2**31), 2**53, 2**63 - 1, -(2**63)]]
HASH_KEYS = [("hash:%d" % h, ("hash", h)) for h in [0, 1, 2**63, 2**64 - 1]]


def text_of(node_id):
    return str(node_id) if isinstance(node_id, int) else node_id.decode()


def write_rings(hash_name):
    columns = []
    for policy in ["whole_circle", "slots/1000", "modulo_circle/10007/97", "redis_slots"]:
        columns.append((Ring(hash_name, policy, 160, 0, EQUAL), False))
        columns.append((Ring(hash_name, policy, 40, 0x9E3779B97F4A7C15, WEIGHTED), True))
    columns.append((Ring(hash_name, "whole_circle", 64, 7, INTEGERS), True))
    name = hash_name.split("-")[0].split("_")[0]
    with open(os.path.join(HERE, f"ring_{name}.tsv"), "w", encoding="utf-8", newline="\n") as out:
        print("# Written by make_golden.py. A column is a ring, a cell the first three nodes of the key's preference list.", file=out)
        print("# Columns of the weighted and integer nodes ask for distinct domains first.", file=out)
        print("spec", *(ring.spec for ring, _ in columns), sep="\t", file=out)
        print("fingerprint", *(ring.fingerprint() for ring, _ in columns), sep="\t", file=out)
        for label, key in TEXT_KEYS + NUMBER_KEYS + HASH_KEYS:
            cells = []
            for ring, domains in columns:
                if isinstance(key, int) and ring.key_hash is not None:
                    cells.append("-")  # such a policy hashes text; an integer does not compile
                else:
                    cells.append(" ".join(text_of(n) for n in ring.replicas(key, 3, domains)))
            print(label, *cells, sep="\t", file=out)


def tables_of(hash_name):
    """The tables of golden_test.cpp: (table, whether its column asks for distinct domains)."""
    ids = sorted(WEIGHTED)
    mixed = []
    for p in range(12):
        replicas = [ids[(p * 5 + i * (1 + p % 3)) % 8] for i in range(3)]
        if p % 4 == 1:
            replicas[p % 3] = None
        mixed.append(replicas)
    numbers = sorted(INTEGERS)
    redis = [[b"node-0", b"node-1"]] * 5461 + [[b"node-1", b"node-2"]] * 5462 + [[b"node-2", b"node-0"]] * 5461
    return [
        (Table(hash_name, "slots/12", 0, WEIGHTED, mixed, 42), False),
        (Table(hash_name, "slots/12", 0x9E3779B97F4A7C15, WEIGHTED, mixed), True),
        (Table(hash_name, "slots/12", 7, INTEGERS, [[numbers[p % 5], numbers[(p + 2) % 5]] for p in range(12)]), True),
        (Table(hash_name, "redis_slots", 0, EQUAL, redis), False),
    ]


def write_tables(hash_name):
    columns = tables_of(hash_name)
    with open(os.path.join(HERE, f"slot_table_{hash_name}.tsv"), "w", encoding="utf-8", newline="\n") as out:
        print("# Written by make_golden.py. A column is a slot table, a cell the slot of a key and the first three nodes of its", file=out)
        print("# preference list; the columns in the middle ask for distinct domains first. saved: length and end of the saved bytes.", file=out)
        print("spec", *(table.spec for table, _ in columns), sep="\t", file=out)
        print("fingerprint", *(table.fingerprint() for table, _ in columns), sep="\t", file=out)
        print("saved", *("%d %s" % (len(data), data[-16:].hex()) for data in (table.save() for table, _ in columns)), sep="\t", file=out)
        for label, key in TEXT_KEYS + NUMBER_KEYS + HASH_KEYS:
            cells = []
            for table, domains in columns:
                if isinstance(key, int) and table.key_hash is not None:
                    cells.append("-")
                else:
                    cells.append(" ".join([str(table.position(key)), *(text_of(n) for n in table.replicas(key, 3, domains))]))
            print(label, *cells, sep="\t", file=out)


def sanity_buffer(size):
    """The buffer of xxHash's own sanity test: bytes from a multiplicative generator."""
    generator, data = 2654435761, bytearray()
    for _ in range(size):
        data.append(generator >> 56)
        generator = (generator * 11400714785074694797) & M64
    return bytes(data)


def write_hashes():
    # Both sides of every length at which one of the hashes takes another branch.
    lengths = list(range(0, 34)) + [47, 48, 49, 63, 64, 65, 95, 96, 97, 127, 128, 129, 130, 191, 192, 193, 239, 240, 241,
                                    242, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1088, 2047, 2048, 2049, 4096]
    data = sanity_buffer(4096)
    with open(os.path.join(HERE, "hashes.tsv"), "w", newline="\n") as out:
        print("# Written by make_golden.py: hashes of the first bytes of the buffer of xxHash's sanity test; xxh3 and xxh64 by", file=out)
        print(f"# the reference implementation (xxHash {xxhash.XXHASH_VERSION}, BSD-2-Clause). Columns: hash, length, seed, value.", file=out)
        for name, function in HASHES.items():
            for seed in [0, 2654435761, 0x9E3779B185EBCA8D]:
                for length in lengths:
                    print(name, length, seed, "%016x" % function(data[:length], seed), sep="\t", file=out)


def check_against_published_values():
    """So that a slip here cannot become golden."""
    assert fnv1a_64(b"") == 0xCBF29CE484222325 and fnv1a_64(b"foobar") == 0x85944171F73967E8  # draft-eastlake-fnv
    assert crc16_xmodem(b"123456789") == 0x31C3 and zlib.crc32(b"123456789") == 0xCBF43926  # CRC RevEng's check values
    assert splitmix64(1234567) == 6457827717110365317  # Vigna's splitmix64.c
    digests = b"".join(b"".join(w.to_bytes(8, "little") for w in murmur3_x64_128(bytes(range(n)), 256 - n)) for n in range(256))
    assert murmur3_x64_128(digests)[0] & 0xFFFFFFFF == 0x6384BA69  # SMHasher's verification value of MurmurHash3_x64_128


if __name__ == "__main__":
    check_against_published_values()
    write_hashes()
    for hash_name in HASHES:
        write_rings(hash_name)
    write_tables("xxh3")
