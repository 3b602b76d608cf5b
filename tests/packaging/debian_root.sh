#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the README's commands, word for word, on bare Debian systems: debian_root.sh [--long] [--only STEP,…] SUITE...
#
#   bookworm, trixie, …     a suite of Debian
#   demo, install, docs     the steps; test and bench too with --long, or where --only names them
#   newest-clang            one more that --only names: no command of the README, but a line of its table of systems
#
# Each step has a root of its own, made by debootstrap, that has git and a shell and nothing to compile with, and gets a
# clone of HEAD. Whatever else it needs comes by the README's own commands, which are read from the page. `install` also
# builds the first program of the page with the package, and compares what it prints. A table of minutes ends the run.
#
# The base of a suite is kept as an archive in QUOIT_ROOTS, or else in build/debian-root, where the logs are too. What a
# root needs is mounted in a namespace, so that nothing stays mounted, however the script ends. Ends with 77, and says
# why, where this is not root, where there is no debootstrap, or where namespaces are not allowed.
set -eu
root=$(cd -- "$(dirname -- "$0")"/../.. && pwd)

skip() {
  echo "skipped: $*"
  exit 77
}
usage() {
  sed -n 's/^# .*README.*: \(debian_root.*\)/usage: \1/p; s/^#   \([bdn]\)/  \1/p' "$0" >&2
  exit 2
}

# A namespace of mounts and processes: both end with the script.
if [ "${QUOIT_NAMESPACE:-}" != yes ]; then
  [ "$(id -u)" -eq 0 ] || skip 'a root of Debian can only be made by root'
  "$root"/scripts/bootstrap root || skip 'no debootstrap can be had on this machine, see above'
  unshare --mount --pid --fork true 2>/dev/null || skip 'this machine allows no namespace of mounts'
  QUOIT_NAMESPACE=yes exec unshare --mount --propagation private --pid --fork --kill-child -- "$0" "$@"
fi

steps='demo install docs' suites=''
while [ $# -gt 0 ]; do
  case $1 in
    --long) steps='demo test install bench docs' ;;
    --only) [ $# -ge 2 ] || usage; steps=$(echo "$2" | tr ',' ' '); shift ;;
    -*) usage ;;
    *) suites="$suites $1" ;;
  esac
  shift
done
[ -n "$suites" ] || usage
for step in $steps; do case $step in demo | test | install | bench | docs | newest-clang) ;; *) usage ;; esac; done

work=$root/build/debian-root
archives=${QUOIT_ROOTS:-$work}
mkdir -p -- "$work" "$archives"
there=''

# Below it nothing may be mounted when it is removed; --one-file-system would stop at what is, all the same.
remove_root() {
  [ -n "$there" ] || return 0
  for place in dev/shm dev/pts proc; do umount "$there/$place" 2>/dev/null || true; done
  if grep -qF " $there/" /proc/self/mounts; then
    echo "quoit: something is still mounted below $there, which stays" >&2
  else
    rm -rf --one-file-system -- "$there"
  fi
  there=''
}
trap remove_root EXIT
trap 'exit 1' HUP INT TERM

# The base of a suite, as after an installation: git and its certificates, and no list of packages yet.
make_archive() {
  [ ! -f "$archives/$1.tar" ] || return 0
  echo "$1: debootstrap"
  there=$(mktemp -d -- "$work/$1.XXXXXX")
  debootstrap --variant=minbase --include=ca-certificates,git "$1" "$there" >"$work/$1-debootstrap.log" 2>&1 || {
    tail -n 20 "$work/$1-debootstrap.log"
    exit 1
  }
  rm -rf -- "$there"/var/lib/apt/lists/* "$there"/var/cache/apt/archives/*.deb
  umount "$there/proc" 2>/dev/null || true
  tar -C "$there" --one-file-system -cf "$archives/$1.tar.new" .
  mv -- "$archives/$1.tar.new" "$archives/$1.tar"
  remove_root
}

make_root() {
  there=$(mktemp -d -- "$work/$1.XXXXXX")
  tar -C "$there" -xf "$archives/$1.tar"
  chmod 755 "$there"  # mktemp has let only root in, and the archive remembers that
  cp /etc/resolv.conf "$there/etc/resolv.conf"
  mount -t proc proc "$there/proc"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$there/dev/pts"
  mount -t tmpfs tmpfs "$there/dev/shm"
  git -c advice.detachedHead=false clone --quiet -- "$root" "$there/root/quoit"
}

inside() {
  chroot "$there" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -euxc "$1" </dev/null
}

# block TAG PATTERN: the first block of the README with that tag in which a line matches.
block() {
  awk -v tag="$1" -v pattern="$2" '
    /^```$/ { if (found) { printf "%s", text; exit } inside = 0; next }
    $0 == "```" tag { inside = 1; text = ""; found = 0; next }
    inside { text = text $0 "\n"; if ($0 ~ pattern) found = 1 }' "$root"/README.md
}

# What the README says for a step.
commands() {
  case $1 in
    install) block sh '^cmake --install' ;;
    newest-clang) echo 'scripts/test newest-clang' ;;
    *) block sh "^scripts/$1 " | grep "^scripts/$1 " ;;
  esac
}

# The first program, as the README has it. Its CMakeLists.txt is what the page shows, and the two lines that each has.
first_program() {
  program=$there/root/app
  mkdir -- "$program"
  block cpp 'quoit/ring.hpp' >"$program"/app.cpp
  block text '^owner of' >"$program"/expected
  {
    printf 'cmake_minimum_required(VERSION 3.23)\nproject(app LANGUAGES CXX)\nadd_executable(app app.cpp)\n'
    block cmake '^find_package'
  } >"$program"/CMakeLists.txt
  arguments=$(sed -n 's/.*(configured with .\([^`]*\)`).*/\1/p' "$root"/README.md)
  [ -n "$arguments" ] || {
    echo 'the README does not say how to configure a project'
    return 1
  }
  inside "cd; cmake $arguments -S app -B app/build; cmake --build app/build; app/build/app >app/printed" &&
    cmp "$program"/expected "$program"/printed
}

run_step() {
  # Newer clangs than the suite's own come with its security updates, as browsers are compiled with them.
  [ "$1" != newest-clang ] ||
    echo "deb http://deb.debian.org/debian-security $suite-security main" >"$there"/etc/apt/sources.list.d/security.list
  inside "cd; cd quoit; $(commands "$1")" || return
  [ "$1" != install ] || first_program
}

# No command of the README may be without a step.
for each in demo test install bench docs; do commands $each; done | sort >"$work"/known
awk '/^```/ { inside = $0 == "```sh"; next } inside' "$root"/README.md | sort >"$work"/all
cmp "$work"/all "$work"/known || {
  echo 'README.md has commands that no step runs, or lacks one'
  exit 1
}

table=''
for suite in $suites; do
  make_archive "$suite"
  for step in $steps; do
    echo "$suite: $step"
    make_root "$suite"
    log=$work/$suite-$step.log
    begin=$(date +%s)
    if ! run_step "$step" >"$log" 2>&1; then
      tail -n 60 "$log"
      echo "$suite: $step failed; the log is $log"
      exit 1
    fi
    grep "$(printf '^\t').* (Skipped)\$" "$log" || true  # what ctest left out
    seconds=$(($(date +%s) - begin))
    table="$table$(printf '%4d:%02d  %s' $((seconds / 60)) $((seconds % 60)) "$suite $step")
"
    remove_root
  done
done
echo 'minutes and seconds, from nothing but git and a shell:'
printf '%s' "$table"
