# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Shared by the scripts that test quoit with tools from PyPI. They read it with `.`, and first set $root, the clone, and
# $work, a folder of their own.

mkdir -p -- "$work"
export PIP_DISABLE_PIP_VERSION_CHECK=1

# shellcheck source=tests/packaging/outcome.sh
. "$root"/tests/packaging/outcome.sh
# quietly COMMAND...: shows the output of the command only if it fails.
quietly() {
  "$@" >"$work"/log 2>&1 || {
    cat "$work"/log
    return 1
  }
}

# from_pypi COMMAND REQUIREMENT: installs $work/venv/bin/COMMAND in a virtual environment, if it is missing. Skips the
# test if that fails.
from_pypi() {
  command -v python3 >/dev/null || skip 'no python3'
  ! "$work"/venv/bin/"$1" --version >/dev/null 2>&1 || return 0
  rm -rf -- "$work"/venv
  python3 -m venv "$work"/venv >"$work"/log 2>&1 || skip "no virtual environments here: $(tail -n 1 "$work"/log)"
  "$work"/venv/bin/pip install --quiet --retries 1 "$2" >"$work"/log 2>&1 ||
    skip "pip cannot install $1: $(tail -n 1 "$work"/log)"
}
