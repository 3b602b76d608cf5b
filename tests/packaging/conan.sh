#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the Conan package with a real Conan from PyPI, in a virtual environment of its own under build/conan, and builds
# its test package, the consumer, and the project of docs/add-to-a-project.md with it. xxHash comes from ConanCenter, or, if that cannot be reached, from a recipe
# around the copy of this machine. Ends with 77 and the reason if Conan itself is not available.
set -eu
root=$(cd -- "$(dirname -- "$0")"/../.. && pwd)
work=$root/build/conan
conan=$work/venv/bin/conan
scratch=$work/scratch
export CONAN_HOME="$work"/home
# shellcheck source=tests/packaging/from_pypi.sh
. "$root"/tests/packaging/from_pypi.sh
# shellcheck source=tests/packaging/page.sh
. "$root"/tests/packaging/page.sh
page=$root/docs/add-to-a-project.md

from_pypi conan 'conan>=2.4,<3'
"$conan" --version

cd -- "$work"  # because Conan writes CMakeUserPresets.json beside a CMakeLists.txt

# A cache of its own, empty each time, so that an earlier run cannot help this one.
rm -rf -- "$CONAN_HOME" "$scratch"
quietly "$conan" profile detect
cat >>"$CONAN_HOME"/profiles/default <<END
[conf]
tools.cmake.cmaketoolchain:generator=Ninja
tools.cmake.cmake_layout:test_folder=$scratch/test_package
END
printf 'core.net.http:timeout=20\ncore.net.http:max_retries=1\n' >"$CONAN_HOME"/global.conf

range=$(sed -n 's/.*self.requires("\(xxhash[^"]*\)").*/\1/p' "$root"/conanfile.py)
if "$conan" install --requires="$range" --build=missing -of "$scratch"/xxhash >"$work"/log 2>&1; then
  echo 'xxHash: from ConanCenter'
else
  echo "xxHash: from this machine, because ConanCenter's is not available:"
  grep '^ERROR: ' "$work"/log || tail -n 1 "$work"/log
  quietly "$conan" remote disable '*'
  quietly "$conan" create "$root"/tests/packaging/xxhash
fi

echo 'conan create, and the test package'
quietly "$conan" create "$root" -s compiler.cppstd=20
grep '^quoit .*: user:42 -> ' "$work"/log
version=$("$conan" inspect "$root" | sed -n 's/^version: //p')
[ "$(grep -c "^quoit $version: user:42 -> cache-a" "$work"/log)" -ge 2 ] || fail 'the test package did not run'

echo 'one package for every compiler: all headers, and the licence'
id=$(printf '' | sha1sum | cut -d ' ' -f 1)  # Conan's id for an empty package
package=$("$conan" cache path quoit/"$version":"$id" 2>"$work"/log) || {
  cat "$work"/log
  fail "no package $id: the package depends on a setting"
}
diff -r --exclude=README.md "$root"/include "$package"/include
diff "$root"/LICENSE "$package"/licenses/LICENSE

# As in the profiles of current compilers.
echo 'C++17 is refused, with the message that is documented'
documented=$(sed -n 's/^| `\(Current cppstd[^`]*\)` (Conan).*/\1/p' "$root"/docs/add-to-a-project.md)
[ -n "$documented" ] || fail 'docs/add-to-a-project.md has no message about C++17'
if "$conan" install --requires=quoit/"$version" -s compiler.cppstd=gnu17 -of "$scratch"/refused >"$work"/log 2>&1; then
  fail 'the package was not refused with C++17'
fi
grep -qF "$documented" "$work"/log || {
  cat "$work"/log
  fail 'refused, but with another message'
}

for build_type in Release Debug; do
  echo "the consumer: CMakeDeps, $build_type"
  quietly "$conan" install --requires=quoit/"$version" -s compiler.cppstd=20 -s build_type=$build_type --build=missing \
    -g CMakeDeps -g CMakeToolchain -g PkgConfigDeps -of "$scratch/$build_type"
  quietly cmake -G Ninja -S "$root"/tests/consumer/project -B "$scratch/$build_type"/build \
    -DCMAKE_BUILD_TYPE=$build_type -DCMAKE_TOOLCHAIN_FILE="$scratch/$build_type"/conan_toolchain.cmake \
    -Dconsumer_quoit="$version" -Dconsumer_small=ON
  grep -q "^quoit_DIR:PATH=$scratch/$build_type\$" "$scratch/$build_type"/build/CMakeCache.txt ||
    fail 'CMake found another quoit'
  quietly cmake --build "$scratch/$build_type"/build
  quietly ctest --test-dir "$scratch/$build_type"/build --output-on-failure --no-tests=error
done

echo "the page's conanfile.txt, with its commands"
app=$scratch/app
mkdir -p -- "$app"
ln -s "$root" "$app"/quoit
block "$page" cpp 'quoit/ring.hpp' >"$app"/app.cpp
block "$page" cmake 'find_package' >"$app"/CMakeLists.txt
block "$page" ini '^quoit/' >"$app"/conanfile.txt
commands=$(block "$page" sh '^conan install')
[ -n "$commands" ] && [ -s "$app"/conanfile.txt ] || fail 'docs/add-to-a-project.md has no conanfile.txt, or no commands'
(cd -- "$app" && PATH=$work/venv/bin:$PATH quietly sh -euc "$commands")
block "$page" text '^user:42' >"$app"/expected
"$app"/build/app/app | cmp - "$app"/expected

echo 'the consumer: PkgConfigDeps'
grep -qx 'Requires: libxxhash' "$scratch"/Release/quoit.pc || fail 'quoit.pc does not require libxxhash'
status=0
"$root"/tests/consumer/pkg_config "${CXX:-c++}" "$scratch"/Release "$scratch"/pkg_config || status=$?
[ $status -eq 0 ] || [ $status -eq 77 ]
