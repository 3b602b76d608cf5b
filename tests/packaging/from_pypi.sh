# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the scripts beside it share that try quoit with tools from PyPI; they read it with `.`, and set $root and $work
# before: the clone, and a folder of their own.

mkdir -p -- "$work"
export PIP_DISABLE_PIP_VERSION_CHECK=1

skip() {
  echo "skipped: $*"
  exit 77
}
fail() {
  echo "quoit: $*" >&2
  exit 1
}
# quietly COMMAND...: shows what it prints only when it fails.
quietly() {
  "$@" >"$work"/log 2>&1 || {
    cat "$work"/log
    return 1
  }
}

# from_pypi COMMAND REQUIREMENT: makes sure that $work/venv/bin/COMMAND is there, in a virtual environment. Skips where
# that cannot be.
from_pypi() {
  command -v python3 >/dev/null || skip 'no python3'
  ! "$work"/venv/bin/"$1" --version >/dev/null 2>&1 || return 0
  rm -rf -- "$work"/venv
  python3 -m venv "$work"/venv >"$work"/log 2>&1 || skip "no virtual environments here: $(tail -n 1 "$work"/log)"
  "$work"/venv/bin/pip install --quiet --retries 1 "$2" >"$work"/log 2>&1 ||
    skip "pip cannot install $1: $(tail -n 1 "$work"/log)"
}
