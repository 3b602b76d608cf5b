#!/bin/sh
# SPDX-License-Identifier: MIT
# What redis-cli makes of slot_masters: the ranges of slots, and the slots that move.
#
#   benchmarks/redis_ranges.sh [FIRST_PORT]
#
# It starts a cluster of its own on FIRST_PORT (21000) and the ports after it, with `redis-server` and `redis-cli` of
# the PATH, and stops it at the end. Two masters join three, the two leave again, and three join. After each change
# `redis-cli --cluster rebalance` makes the loads even. The result depends on the random ids of the servers, so run it
# several times. Each run takes a minute or two.
set -eu
first=${1:-21000}
dir=$(mktemp -d)
started=''
# shellcheck disable=SC2317 # called by trap
stop() {
  for port in $started; do redis-cli -p "$port" shutdown nosave >/dev/null 2>&1 || true; done
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

start() {
  mkdir "$dir/$1"
  redis-server --port "$1" --dir "$dir/$1" --cluster-enabled yes --cluster-config-file nodes.conf --save '' \
    --appendonly no --cluster-allow-replica-migration no --daemonize yes --logfile "$dir/$1/log" >/dev/null
  started="$started $1"
  tries=0
  until redis-cli -p "$1" ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "redis_ranges.sh: no server answers on port $1; see its log" >&2; exit 1; }
    sleep 0.1
  done
}

# until_agreed COUNT: waits until the first COUNT servers know each other and the same owners. A rebalance fails before.
until_agreed() {
  tries=0
  until [ "$(for port in $(masters "$1"); do
    redis-cli -p "$port" cluster nodes | grep -v -e fail -e handshake | awk '{$2=$3=$4=$5=$6=$7=""; print}' | sort | cksum
    redis-cli -p "$port" cluster nodes | grep -c connected
  done | sort -u | wc -l)" -eq 2 ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo 'redis_ranges.sh: the servers do not agree after a minute' >&2; exit 1; }
    sleep 0.2
  done
}

masters() { seq "$first" $((first + $1 - 1)); }
id_of() { redis-cli -p "$1" cluster myid; }

# The owner of each slot, by port; one line a slot.
owners() {
  redis-cli -p "$first" cluster nodes | awk '{
    split($2, address, "[:@]")
    for (i = 9; i <= NF; i++) {
      if ($i ~ /^\[/) continue
      n = split($i, range, "-")
      for (slot = range[1]; slot <= range[n]; slot++) print slot, address[2]
    }
  }' | sort -n
}

# cluster COMMAND...: redis-cli refuses as long as a server has not heard of the last change.
cluster() {
  tries=0
  until redis-cli --cluster "$@" >"$dir/log" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || { cat "$dir/log" >&2; exit 1; }
    sleep 1
  done
}
add() {
  start "$1"
  cluster add-node "127.0.0.1:$1" "127.0.0.1:$first"
}
rebalance() { cluster rebalance "127.0.0.1:$first" --cluster-threshold 1 "$@"; }

report() {
  owners >"$dir/after"
  ranges=$(awk '$2 != last { n++ } { last = $2 } END { print n }' "$dir/after")
  moved=0
  [ ! -f "$dir/before" ] || moved=$(join "$dir/before" "$dir/after" 2>/dev/null | awk '$2 != $3 { n++ } END { print n + 0 }')
  loads=$(awk '{ n[$2]++ } END { for (port in n) print n[port] }' "$dir/after" | sort -n | tr '\n' ' ')
  echo "$1: $ranges ranges, $moved slots moved, loads $loads"
  mv "$dir/after" "$dir/before"
}

redis-server --version
for port in $(masters 3); do start "$port"; done
# shellcheck disable=SC2046 # one argument a server
cluster create $(masters 3 | sed 's/^/127.0.0.1:/') --cluster-yes
until_agreed 3
report '3 masters'

add $((first + 3))
add $((first + 4))
until_agreed 5
rebalance --cluster-use-empty-masters
until_agreed 5
report '5 masters'

rebalance --cluster-weight "$(id_of $((first + 3)))=0" "$(id_of $((first + 4)))=0"
until_agreed 5
report '3 masters'

add $((first + 5))
until_agreed 6
rebalance --cluster-use-empty-masters
until_agreed 6
report '6 masters'
