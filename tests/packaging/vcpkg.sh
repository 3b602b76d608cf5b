#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the port with the vcpkg in VCPKG_ROOT, and builds the consumer with it. Then does the same with the manifest,
# the configuration and the program of docs/add-to-a-project.md. vcpkg downloads xxHash.
#
#   vcpkg.sh SCRATCH        ends with 77 if there is no vcpkg
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
root=$(cd -- "$here"/../.. && pwd)
page=$root/docs/add-to-a-project.md
# shellcheck source=tests/packaging/page.sh
. "$here"/page.sh
if [ -z "${VCPKG_ROOT:-}" ]; then
  echo 'skipped: VCPKG_ROOT is not set'
  exit 77
fi
vcpkg=$VCPKG_ROOT/vcpkg
if ! [ -x "$vcpkg" ]; then
  echo "skipped: no vcpkg in VCPKG_ROOT=$VCPKG_ROOT (bootstrap-vcpkg.sh makes it)"
  exit 77
fi
rm -rf -- "$1"
mkdir -p -- "$1"
cd -- "$1"  # no manifest is here
scratch=$PWD
installed=$scratch/installed

# From the current sources: earlier builds are not used.
"$vcpkg" install quoit --overlay-ports="$root"/packaging/vcpkg/ports --no-binarycaching --x-install-root="$installed" \
  --x-buildtrees-root="$scratch"/buildtrees --x-packages-root="$scratch"/packages

version=$(sed -n 's/^ *"version-semver": "\(.*\)",$/\1/p' "$root"/packaging/vcpkg/ports/quoit/vcpkg.json)
cmake -S "$root"/tests/consumer/project -B build -Dconsumer_quoit="$version" -DVCPKG_MANIFEST_MODE=OFF \
  -DCMAKE_TOOLCHAIN_FILE="$VCPKG_ROOT"/scripts/buildsystems/vcpkg.cmake -DVCPKG_INSTALLED_DIR="$installed"
grep "^quoit_DIR:PATH=$installed/" build/CMakeCache.txt
cmake --build build
ctest --test-dir build --output-on-failure --no-tests=error

# The page's project, with a clone of quoit in it.
mkdir app
ln -s "$root" app/quoit
block "$page" cpp 'quoit/ring.hpp' >app/app.cpp
block "$page" cmake 'find_package' >app/CMakeLists.txt
block "$page" json '"dependencies"' >app/vcpkg.json
block "$page" json '"overlay-ports"' >app/vcpkg-configuration.json
block "$page" text '^user:42' >expected
cmake -S app -B app/build -DCMAKE_TOOLCHAIN_FILE="$VCPKG_ROOT"/scripts/buildsystems/vcpkg.cmake
grep "^quoit_DIR:PATH=$scratch/app/build/vcpkg_installed/" app/build/CMakeCache.txt
cmake --build app/build
app/build/app | cmp - expected
