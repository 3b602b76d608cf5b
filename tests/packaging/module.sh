#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and runs a program with `import quoit;`, with clang 19 and a CMake from PyPI that supports modules: from a copy
# of the sources, then from an installed package. Also checks that tools which cannot build the module get one message.
# Ends with 77 and the reason if that compiler or that CMake is not available. CXX names another clang.
set -eu
root=$(cd -- "$(dirname -- "$0")"/../.. && pwd)
work=$root/build/module
scratch=$work/'a scratch folder'
cxx=${CXX:-clang++-19}
# shellcheck source=tests/packaging/from_pypi.sh
. "$root"/tests/packaging/from_pypi.sh

"$cxx" --version >"$work"/log 2>&1 || skip "no $cxx"
from_pypi cmake 'cmake>=3.28'
cmake=$work/venv/bin/cmake
rm -rf -- "$scratch"
"$cmake" --version | head -n 1
"$cxx" --version | head -n 1

echo 'the module exports every public name'
python3 "$root"/tests/packaging/module_exports.py "$cxx"

# consumer NAME OPTION...: configures, builds and runs the program that imports quoit.
consumer() {
  name=$scratch/$1
  shift
  quietly "$cmake" -G Ninja -S "$root"/tests/module -B "$name" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror $flags" "$@"
  quietly "$cmake" --build "$name" --parallel 2
  quietly "$work"/venv/bin/ctest --test-dir "$name" --output-on-failure --no-tests=error
}

echo 'a consumer: add_subdirectory, libstdc++, C++20'
flags=
consumer add_subdirectory -DCMAKE_CXX_STANDARD=20 -Dconsumer_quoit="$root"

prefix=$scratch/prefix standard_library=libstdc++
if echo 'int main() {}' | "$cxx" -stdlib=libc++ -include vector -x c++ - -o "$work"/probe >"$work"/log 2>&1; then
  flags=-stdlib=libc++ standard_library=libc++
fi
echo "a consumer: find_package, $standard_library, C++23"
quietly "$cmake" -G Ninja -S "$root" -B "$scratch"/quoit -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Release \
  -DQUOIT_BUILD_MODULE=ON -DQUOIT_BUILD_TESTS=OFF -DQUOIT_BUILD_EXAMPLES=OFF -DQUOIT_FETCH_DEPENDENCIES=OFF \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror $flags" -DCMAKE_CXX_STANDARD=23
quietly "$cmake" --build "$scratch"/quoit
quietly "$cmake" --install "$scratch"/quoit --prefix "$prefix"
version=$(sed -n "s/^set(PACKAGE_VERSION \"\(.*\)\")/\1/p" "$prefix"/share/cmake/quoit/quoitConfigVersion.cmake)
rm -rf -- "$scratch"/quoit  # the package has to work without it
consumer find_package -DCMAKE_CXX_STANDARD=23 -Dconsumer_quoit="$version" -DCMAKE_PREFIX_PATH="$prefix"

echo 'the package also works with a CMake without modules'
for old in cmake "$cmake"; do
  quietly "$old" -S "$root"/tests/consumer/project -B "$scratch/headers alone" -DCMAKE_PREFIX_PATH="$prefix" \
    -Dconsumer_quoit="$version"
  rm -rf -- "$scratch/headers alone"
done

echo 'no other source is scanned for modules'
quietly "$cmake" -G Ninja -S "$root" -B "$scratch"/scanned -DCMAKE_CXX_COMPILER="$cxx" -DQUOIT_BUILD_TESTS=ON \
  -DQUOIT_BUILD_EXAMPLES=ON
if grep -q dyndep "$scratch"/scanned/build.ninja; then fail "CMake scans the sources of tests or examples"; fi
rm -rf -- "$scratch"/scanned

# refused MESSAGE COMMAND...: a configuration must fail with MESSAGE.
refused() {
  message=$1
  shift
  if "$@" -B "$scratch"/refused >"$work"/log 2>&1; then fail "not refused: $*"; fi
  tr -s ' \n' ' ' <"$work"/log | grep -q "$message" && [ "$(grep -c '^CMake Error' "$work"/log)" -eq 1 ] || {
    cat "$work"/log
    fail "refused, but not with '$message' alone"
  }
  rm -rf -- "$scratch"/refused
}
no_module() {
  message=$1
  shift
  refused "$message" "$@" -S "$root" -DQUOIT_BUILD_MODULE=ON -DQUOIT_BUILD_TESTS=OFF -DQUOIT_BUILD_EXAMPLES=OFF
}

echo 'an unsuitable compiler or CMake gives a clear message'
no_module 'CMake builds C++20 modules with Ninja' "$cmake" -G 'Unix Makefiles' -DCMAKE_CXX_COMPILER="$cxx"
no_module 'has found no clang-scan-deps' "$cmake" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_CXX_COMPILER_CLANG_SCAN_DEPS=OFF
major=$(echo __GNUC__ | c++ -E -P -x c++ -)
if [ "$major" -lt 14 ]; then
  no_module 'CMake builds C++20 modules with .*g++ 14' "$cmake" -G Ninja -DCMAKE_CXX_COMPILER=c++
fi
if cmake --version | grep -q '^cmake version 3\.\(1.\|2[0-7]\)\.'; then
  no_module 'needs CMake 3.28 or newer' cmake -G Ninja
fi
rm -- "$prefix"/share/cmake/quoit/quoitModuleTargets.cmake
refused "without its component 'module'" "$cmake" -G Ninja -S "$root"/tests/module -DCMAKE_CXX_COMPILER="$cxx" \
  -Dconsumer_quoit="$version" -DCMAKE_PREFIX_PATH="$prefix"
