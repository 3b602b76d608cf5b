# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Functions for build folders. The other scripts read this file with `.`.

# can_build_in FOLDER: whether a build may write there. Makes the folder if it does not exist.
can_build_in() {
  mkdir -p -- "$1" 2>/dev/null && [ -w "$1" ] || return 1
  # A single build as root leaves such files in a folder that is not root's.
  for part in CMakeCache.txt CMakeFiles .ninja_log .ninja_deps build.log; do
    [ ! -e "$1/$part" ] || [ -w "$1/$part" ] || return 1
  done
}

# must_build_in FOLDER: the same, and ends the script if not.
must_build_in() {
  can_build_in "$1" && return
  echo "quoit: $1 cannot be written; in a clone of your own it can" >&2
  exit 1
}

# discard_foreign ROOT FOLDER: CMake refuses a build folder that was moved or copied with its clone, and the folder is
# useless in the new place. Removes such a folder; the build makes it again.
discard_foreign() {
  [ -f "$2"/CMakeCache.txt ] || return 0
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$2"/CMakeCache.txt)
  if [ -d "$home" ] && [ "$(cd -- "$home" && pwd -P)" = "$(cd -- "$1" && pwd -P)" ]; then return 0; fi
  rm -rf -- "$2"
  mkdir -p -- "$2"
}
