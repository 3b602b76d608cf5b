#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the README's commands, word for word, on bare Debian systems: debian_root.sh [--long] [--only STEP,…] SUITE...
#
#   bookworm, trixie, …     a suite of Debian
#   demo, install, docs     the steps; test and bench too with --long, or where --only names them
#   newest-clang            one more that --only names: no command of the README, but a line of its table of systems
#
# Each step has a root of its own, made by debootstrap, with git, a shell, a clone of HEAD, and nothing to compile with.
# The README's own commands, which are read from the page, install all else. `install` also builds the page's first
# program with the package, and compares its output. A table of minutes ends the run.
#
# The base of a suite is kept as an archive in QUOIT_ROOTS, or in build/debian-root, which also has the logs. The mounts
# of a root are in a namespace, so nothing stays mounted, however the script ends. Ends with 77 and a reason if it does
# not run as root, if there is no debootstrap, or if namespaces are not allowed.
set -eu
root=$(cd -- "$(dirname -- "$0")"/../.. && pwd)
# shellcheck source=tests/packaging/page.sh
. "$root"/tests/packaging/page.sh
readme() { block "$root"/README.md "$@"; }

# shellcheck source=tests/packaging/outcome.sh
. "$root"/tests/packaging/outcome.sh
usage() {
  sed -n 's/^# .*README.*: \(debian_root.*\)/usage: \1/p; s/^#   \([bdn]\)/  \1/p' "$0" >&2
  exit 2
}

# A namespace of mounts and processes: both end with the script.
if [ "${QUOIT_NAMESPACE:-}" != yes ]; then
  [ "$(id -u)" -eq 0 ] || skip 'only root can make a root of Debian'
  "$root"/scripts/bootstrap root || skip 'debootstrap is not available on this machine, see above'
  unshare --mount --pid --fork true 2>/dev/null || skip 'this machine does not allow mount namespaces'
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

# Nothing may be mounted below the root when it is removed. --one-file-system is a second safeguard.
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

# The base of a suite, like after an installation: with git and certificates, without lists of packages.
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
  chmod 755 "$there"  # mktemp makes it accessible only to root, and the archive keeps that
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

# The README's commands for a step.
commands() {
  case $1 in
    install) readme sh '^cmake --install' ;;
    newest-clang) echo 'scripts/test newest-clang' ;;
    *) readme sh "^scripts/$1 " | grep "^scripts/$1 " ;;
  esac
}

# Builds the README's first program. Its CMakeLists.txt has the lines of the page, after the usual first lines.
first_program() {
  program=$there/root/app
  mkdir -- "$program"
  readme cpp 'quoit/ring.hpp' >"$program"/app.cpp
  readme text '^owner of' >"$program"/expected
  {
    printf 'cmake_minimum_required(VERSION 3.23)\nproject(app LANGUAGES CXX)\nadd_executable(app app.cpp)\n'
    readme cmake '^find_package'
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

# Every command of the README must belong to a step.
for each in demo test install bench docs; do commands $each; done | sort >"$work"/known
awk '/^```/ { inside = $0 == "```sh"; next } inside' "$root"/README.md | sort >"$work"/all
cmp "$work"/all "$work"/known || {
  echo 'the commands in README.md are not those of the steps'
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
echo 'minutes and seconds, from a system with only git and a shell:'
printf '%s' "$table"
