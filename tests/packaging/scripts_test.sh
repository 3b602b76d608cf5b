#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests scripts/ in clones that were moved, copied or belong to another user: scripts_test.sh CASE DIRECTORY runs one
# case in a new directory. The scripts are the real ones, the project needs no compiler and takes no time.
set -eu
source=$(cd -- "$(dirname -- "$0")/../.." && pwd)
case=$1
rm -rf "$2"
mkdir -p "$2"
cd "$2"
TMPDIR=$PWD LC_ALL=C as='' user=$(id -u)
export TMPDIR LC_ALL
unset CXX CMAKE_GENERATOR

skip() { echo "SKIPPED: $*" && exit 77; }
fail() {
  echo "FAILED: $*"
  tail -n 40 out err
  exit 1
}

# run SCRIPT: a script's path below the directory. It must succeed.
run() { $as "$1" >out 2>err || fail "exit code $? of $1"; }

# all_scripts CLONE: each of them succeeds.
all_scripts() {
  run "$1"/scripts/demo
  [ "$(cat out)" = "examples/demo of $PWD/$1" ] || fail "another demo"
  run "$1"/scripts/bench
  [ "$(cat out)" = "benchmarks/bench_quoit of $PWD/$1" ] || fail "another benchmark"
  # It says what is measured, on which commit, and how busy the machine is.
  grep -q "^arguments .*--benchmark_filter=. --commit=[^ ].* --process=1/1 --benchmark_out=" err || fail "no commit"
  run "$1"/scripts/test
  grep -q "100% tests passed" out || fail "no test passed"
}

# refused SCRIPT: the script must fail, with one line on stderr.
refused() {
  ! $as clone/scripts/"$1" >out 2>err || fail "scripts/$1 does not fail"
  [ "$(wc -l <out) $(wc -l <err)" = "0 1" ] || fail "not one line on stderr from scripts/$1"
  grep -q "cannot be written" err || fail "another message from scripts/$1"
}

for tool in cmake ninja; do
  command -v $tool >/dev/null || skip "no $tool to build with"
done
if [ "$case" = locked ] && [ "$user" -eq 0 ]; then
  # Root may write everywhere, so the scripts run as another user then, in a folder that every user can reach.
  as='setpriv --reuid=65534 --regid=65534 --clear-groups' user=65534
  place=$(mktemp -d /tmp/quoit-scripts-test.XXXXXX)
  trap 'rm -rf "$place"' EXIT
  cd "$place"
  TMPDIR=$PWD
  chmod 777 .
  $as sh -c : 2>/dev/null || skip "this is root, and no program can run as another user here"
fi

mkdir -p clone/scripts
cp "$source"/scripts/* clone/scripts
printf '#!/bin/sh\n' >clone/scripts/bootstrap
cat >clone/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.23)
project(small LANGUAGES NONE)
foreach(program examples/demo benchmarks/bench_quoit)
  file(WRITE "${CMAKE_BINARY_DIR}/${program}" "#!/bin/sh\necho '${program} of ${CMAKE_SOURCE_DIR}'\n")
  file(APPEND "${CMAKE_BINARY_DIR}/${program}" "[ $# -eq 0 ] || echo arguments \"$@\" >&2\n")
  file(CHMOD "${CMAKE_BINARY_DIR}/${program}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()
add_custom_target(demo)
enable_testing()
add_test(NAME small COMMAND "${CMAKE_COMMAND}" -E echo test)
END
cat >clone/CMakePresets.json <<'END'
{
  "version": 6,
  "configurePresets": [
    {"name": "dev", "generator": "Ninja", "binaryDir": "${sourceDir}/build/${presetName}"},
    {"name": "bench", "inherits": "dev"}
  ],
  "buildPresets": [{"name": "dev", "configurePreset": "dev"}],
  "testPresets": [{"name": "dev", "configurePreset": "dev"}],
  "workflowPresets": [
    {
      "name": "dev",
      "steps": [{"type": "configure", "name": "dev"}, {"type": "build", "name": "dev"}, {"type": "test", "name": "dev"}]
    }
  ]
}
END

case $case in
moved)
  # A build folder that was moved or copied with its clone is built again. Any other one is kept.
  all_scripts clone
  touch clone/build/demo/kept clone/build/dev/kept clone/build/bench/kept
  all_scripts clone
  [ "$(find clone -name kept | wc -l)" -eq 3 ] || fail "a valid build folder was removed"
  mv clone "moved clone"
  all_scripts "moved clone"
  [ -z "$(find . -name kept)" ] || fail "the build folder of another place was kept"
  touch "moved clone"/build/demo/kept
  cp -R "moved clone" copy
  all_scripts copy
  all_scripts "moved clone"
  [ "$(find . -name kept)" = "./moved clone/build/demo/kept" ] ||
    fail "not exactly the build folder of the copy was removed"
  # The same place with another name.
  touch copy/build/demo/kept
  ln -s copy link
  run link/scripts/demo
  [ -e copy/build/demo/kept ] || fail "a valid build folder was removed"
  ;;
locked)
  # A clone of another user.
  trap 'chmod -R u+w clone; rm -rf "${place:-}"' EXIT
  mkdir -p clone/build/demo clone/build/dev clone/build/bench
  echo "old trouble" | tee clone/build/demo.log clone/build/demo/build.log >clone/build/bench/build.log
  chmod -R a-w clone
  elsewhere=$PWD/quoit-demo-$user
  run clone/scripts/demo
  [ "$(cat out)" = "examples/demo of $PWD/clone" ] || fail "another demo"
  [ "$(cat err)" = "quoit: $PWD/clone/build/demo cannot be written: building in $elsewhere" ] || fail "another message"
  run clone/scripts/demo
  [ ! -s err ] || fail "something on stderr"
  refused bench
  refused test
  # A failed build shows its own log.
  chmod u+w clone clone/CMakeLists.txt
  cp clone/CMakeLists.txt whole
  echo 'message(FATAL_ERROR "new trouble")' >clone/CMakeLists.txt
  ! $as clone/scripts/demo >out 2>err || fail "scripts/demo does not fail"
  [ "$(grep -o "[a-z]* trouble" err)" = "new trouble" ] || fail "the log is not that of this build"
  cp whole clone/CMakeLists.txt
  chmod a-w clone
  # No folder to write to: the place for the build does not exist, or another user may have prepared it.
  mv "$elsewhere" prepared
  ln -s prepared "$elsewhere"
  refused demo
  TMPDIR=$PWD/missing
  refused demo
  TMPDIR=$PWD
  # A clone without a build, on a read-only disk.
  rm "$elsewhere"
  chmod -R u+w clone
  rm -r clone/build
  chmod -R a-w clone
  run clone/scripts/demo
  ;;
*) fail "there is no case '$case'" ;;
esac
