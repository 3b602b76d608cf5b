# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# How the scripts of this folder end before their end. They read it with `.`.

# skip REASON...: this machine lacks something. ctest counts 77 as skipped.
skip() {
  echo "skipped: $*"
  exit 77
}
fail() {
  echo "quoit: $*" >&2
  exit 1
}
