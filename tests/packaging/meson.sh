#!/bin/sh
# SPDX-License-Identifier: MIT
# Uses quoit with Meson, as docs/add-to-a-project.md says: from a wrap, as a subproject, and installed. Compares the
# installation with that of CMake. Nothing is downloaded.
#
#   meson.sh SCRATCH [COMPILER]        ends with 77 and the reason if there is no meson, ninja or pkg-config
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
root=$(cd -- "$here"/../.. && pwd)
page=$root/docs/add-to-a-project.md
CXX=${2:-${CXX:-c++}}
export CXX LC_ALL=C
unset DESTDIR CXXFLAGS
# shellcheck source=tests/packaging/page.sh
. "$here"/page.sh

# shellcheck source=tests/packaging/outcome.sh
. "$here"/outcome.sh
for tool in meson ninja pkg-config; do command -v $tool >/dev/null || skip "no $tool"; done
[ "$(printf '1.0\n%s\n' "$(meson --version)" | sort -V | head -n 1)" = 1.0 ] || skip "meson is $(meson --version), not 1.0"
rm -rf -- "$1"
mkdir -p -- "$1"
cd -- "$1"
scratch=$PWD
quietly() {
  "$@" >"$scratch"/log 2>&1 || {
    cat "$scratch"/log
    fail "failed: $*"
  }
}
# refused TEXT COMMAND...: the command fails, and its output contains the text.
refused() {
  text=$1
  shift
  if "$@" >"$scratch"/log 2>&1; then fail "not refused, but should be: $text"; fi
  grep -qF "$text" "$scratch"/log || {
    cat "$scratch"/log
    fail "refused, but not because of: $text"
  }
}
number() { sed -n "s/^#define QUOIT_VERSION_$1 //p" "$root"/include/quoit/version.hpp; }
version=$(number MAJOR).$(number MINOR).$(number PATCH)

# What Meson needs of a clone. Links would lead to a build folder in the clone.
copy() {
  mkdir -p -- "$1"
  cp -R "$root"/CMakeLists.txt "$root"/LICENSE "$root"/meson.build "$root"/meson_options.txt "$root"/cmake \
    "$root"/include "$1"
}

# app FOLDER: a project with the page's program. expected: its output.
app() {
  mkdir -p -- "$1"/subprojects
  block "$page" cpp 'quoit/ring.hpp' >"$1"/app.cpp
  block "$page" meson "dependency\\('quoit'\\)" >"$1"/meson.build
  [ -s "$1"/app.cpp ] && [ -s "$1"/meson.build ] || fail "$page has no program, or no meson.build for it"
}
block "$page" text '^user:42' >expected
shows_the_output() { "$1" | cmp - "$scratch"/expected || fail "$1 prints something else than the page shows"; }
commands=$(block "$page" sh '^meson compile')
[ -n "$commands" ] || fail "$page has no commands for Meson"

if command -v git >/dev/null; then
  echo 'the wrap of the page, from a git repository'
  copy fetched
  printf '[user]\nname = quoit\nemail = quoit@localhost\n' >gitconfig
  export GIT_CONFIG_GLOBAL="$scratch"/gitconfig
  quietly git -C fetched init --initial-branch=main
  quietly git -C fetched add .
  quietly git -C fetched -c commit.gpgSign=false commit --message copy
  app wrapped
  block "$page" ini '^\[wrap-git\]' | sed "s|https://git.example.com/quoit.git|file://$scratch/fetched|" \
    >wrapped/subprojects/quoit.wrap
  (cd wrapped && quietly sh -euc "$commands")
  [ -d wrapped/subprojects/quoit/.git ] || fail 'the wrap was not used'
  shows_the_output wrapped/build/app/app
else
  echo 'skipped: the wrap, as there is no git'
fi

echo 'a subproject, and nothing of it is installed'
copy parent/subprojects/quoit
cp "$root"/tests/consumer/project/small.cpp parent
cat >parent/meson.build <<'END'
project('parent', 'cpp', default_options: ['cpp_std=c++20', 'warning_level=3', 'werror=true'])
quoit = subproject('quoit', version: '>=0.2')
executable('linked', 'small.cpp', dependencies: quoit.get_variable('quoit_dep'), install: true)
executable('inlined', 'small.cpp', dependencies: quoit.get_variable('quoit_inline_xxhash_dep'))
END
cat >>parent/meson.build <<END
assert(dependency('quoit').version() == '$version')
END
quietly meson setup parent/build parent --prefix="$scratch"/parent/prefix
quietly meson compile -C parent/build
for program in linked inlined; do
  parent/build/$program | grep -qx "quoit $version" || fail "$program does not print its version"
done
quietly meson install -C parent/build
[ "$(cd parent/prefix && find . -type f)" = ./bin/linked ] || fail 'a subproject was installed'
quietly meson configure parent/build -Dquoit:install_subproject=true
quietly meson install -C parent/build
[ -f parent/prefix/include/quoit/ring.hpp ] || fail 'the subproject was not installed, although its option says so'

echo 'an installation, with the commands of the page'
app installed
copy installed/quoit
commands=$(block "$page" sh '^meson install')
[ -n "$commands" ] || fail "$page has no commands for an installation by Meson"
(cd installed && HOME=$scratch/home quietly sh -euc "$commands")
installed=$scratch/home/.local
(cd "$root"/include && find quoit -name '*.hpp' | sort) >wanted
(cd "$installed"/include && find . -type f | sed 's|^\./||' | sort) >headers
diff wanted headers || fail 'the installed headers are not those of include/'
mv "$installed" 'a moved prefix'  # the packages find it from where they are
installed="$scratch/a moved prefix"
export PKG_CONFIG_PATH="$installed/share/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
[ "$(pkg-config --modversion quoit)" = "$version" ] || fail 'quoit.pc has another version'

echo 'a project that uses the installation, through pkg-config'
quietly meson setup installed/build installed --wrap-mode=nofallback
quietly meson compile -C installed/build
shows_the_output installed/build/app
sed -i.old "s/dependency('quoit')/dependency('quoit', version: '>=9')/" installed/meson.build
refused '>=9' meson setup installed/refused installed --wrap-mode=nofallback

echo 'a project that uses the installation, through CMake'
quietly cmake -G Ninja -S "$root"/tests/consumer/project -B consumer -DCMAKE_PREFIX_PATH="$installed" \
  -Dconsumer_quoit="$version" -Dconsumer_small=ON -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
grep -qF "quoit_DIR:PATH=$installed/share/cmake/quoit" consumer/CMakeCache.txt || fail 'CMake found another quoit'
quietly cmake --build consumer
quietly ctest --test-dir consumer --no-tests=error
refused 'ask for' cmake -G Ninja -S "$root"/tests/consumer/project -B refused -DCMAKE_PREFIX_PATH="$installed" \
  -Dconsumer_quoit=9.0 -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF

echo 'the same files as an installation by CMake'
quietly cmake -G Ninja -S "$root" -B cmake -DQUOIT_BUILD_TESTS=OFF -DQUOIT_BUILD_EXAMPLES=OFF \
  -DQUOIT_FETCH_DEPENDENCIES=OFF
quietly cmake --install cmake --prefix "$scratch"/by_cmake
(cd by_cmake && find . -type f | sort) >wanted
(cd "$installed" && find . -type f | sort) >files
diff wanted files || fail 'Meson installs other files than CMake'
diff by_cmake/share/pkgconfig/quoit.pc "$installed"/share/pkgconfig/quoit.pc || fail 'quoit.pc is another one'
for name in quoitConfig quoitConfigVersion FindxxHash; do  # CMake adds lines of its own to the first
  diff by_cmake/share/cmake/quoit/$name.cmake "$installed"/share/cmake/quoit/$name.cmake >log || true
  if grep '^> .' log; then fail "$name.cmake is another one"; fi
done

echo 'a version that is not that of the headers is refused'
copy other
sed -i.old "s/  version: '[0-9.]*'/  version: '9.9.9'/" other/meson.build
refused "include/quoit/version.hpp has version $version, and meson.build 9.9.9: write the same into both" \
  meson setup other/build other
