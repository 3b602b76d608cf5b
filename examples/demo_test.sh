#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests the demo from outside: demo_test.sh DEMO CASE DIRECTORY runs one case in a fresh directory. ctest runs them all.
set -eu
script=$(cd -- "$(dirname -- "$0")" && pwd)/${0##*/}
demo=$1
case=$2
rm -rf "$3"
mkdir -p "$3"
cd "$3"
TMPDIR=$PWD
export TMPDIR
LC_ALL=C
export LC_ALL

skip() {
  echo "SKIPPED: $*"
  exit 77
}

fail() {
  echo "FAILED: $*"
  for file in out err; do
    if [ -s "$file" ]; then echo "--- $file"; tail -n 40 "$file"; fi
  done
  exit 1
}

# Root may read and write everywhere. So that the case means something then too, the rest of it runs as somebody else, in
# a place that everybody can get to.
not_as_root() {
  [ "$(id -u)" -eq 0 ] || return 0
  command -v setpriv >/dev/null || skip "root may read and write everywhere, and there is no setpriv"
  place=$(mktemp -d /tmp/quoit-demo-test.XXXXXX)
  trap 'rm -rf "$place"' EXIT
  mkdir "$place"/examples "$place"/run
  cp "$script" "$demo" "$place"/examples
  cp -R "${script%/*}"/../scripts "$place"
  chmod -R a+rX "$place"
  chown 65534:65534 "$place"/run
  set -- setpriv --reuid=65534 --regid=65534 --clear-groups
  "$@" "$place/examples/${demo##*/}" --help >/dev/null 2>&1 ||
    skip "root may read and write everywhere, and cannot run the demo as somebody else here"
  status=0
  "$@" sh "$place/examples/${script##*/}" "$place/examples/${demo##*/}" "$case" "$place"/run/"$case" || status=$?
  exit "$status"
}

# Makes a clone with the real scripts, but of a project that needs no compiler and takes no time.
small_clone() {
  for tool in cmake ninja; do
    command -v $tool >/dev/null || skip "no $tool to build with"
  done
  unset CXX CMAKE_GENERATOR
  mkdir -p clone/scripts
  cp "${script%/*}"/../scripts/* clone/scripts
  printf '#!/bin/sh\n' >clone/scripts/bootstrap
  cat >clone/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.23)
project(small LANGUAGES NONE)
foreach(program examples/demo benchmarks/bench_quoit)
  file(WRITE "${CMAKE_BINARY_DIR}/${program}" "#!/bin/sh\necho '${program} of ${CMAKE_SOURCE_DIR}'\n")
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
}

# all_scripts CLONE: each of them ends well.
all_scripts() {
  "$1"/scripts/demo >out 2>err || fail "exit code $? of scripts/demo"
  [ "$(cat out)" = "examples/demo of $PWD/$1" ] || fail "another demo"
  "$1"/scripts/bench >out 2>err || fail "exit code $? of scripts/bench"
  [ "$(cat out)" = "benchmarks/bench_quoit of $PWD/$1" ] || fail "another benchmark"
  "$1"/scripts/test >out 2>err || fail "exit code $? of scripts/test"
  grep -q "100% tests passed" out || fail "no test passed"
}

# refused SCRIPT: that one ends badly, with one line on stderr.
refused() {
  ! clone/scripts/"$1" >out 2>err || fail "scripts/$1 ends well"
  [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] || fail "not one line on stderr from scripts/$1"
  grep -q "cannot be written" err || fail "another message from scripts/$1"
}

# good ARGUMENTS...: ends with 0, says nothing on stderr, ends with the verdict and leaves one whole picture.
good() {
  "$demo" "$@" >out 2>err || fail "exit code $? of: demo $*"
  [ ! -s err ] || fail "something on stderr"
  grep -q "^nothing lost: " out || fail "no verdict"
  whole_picture quoit-demo.svg
}

whole_picture() {
  [ "$(head -c 4 "$1")" = "<svg" ] && [ "$(tail -n 1 "$1")" = "</svg>" ] || fail "$1 is no whole picture"
  [ "$(wc -c <"$1")" -lt 1000000 ] || fail "$1 is too large"
  no_leftovers
}

# Sets `parse` to what takes a file and fails unless it is well-formed XML.
find_parser() {
  if command -v xmllint >/dev/null; then
    parse='xmllint --noout'
  elif python3 -c 'import xml.dom.minidom' 2>/dev/null; then
    parse="python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])'"
  else
    skip "neither xmllint nor python3 is there to parse XML"
  fi
}

no_leftovers() {
  [ -z "$(find . -name '*.tmp')" ] || fail "a temporary file is left: $(find . -name '*.tmp')"
}

# bad MESSAGE ARGUMENTS...: exit code 2, exactly that line on stderr, nothing on stdout, no picture.
bad() {
  message=$1
  shift
  status=0
  "$demo" "$@" >out 2>err || status=$?
  [ "$status" -eq 2 ] || fail "exit code $status, not 2, of: demo $*"
  [ ! -s out ] || fail "something on stdout"
  [ "$(wc -l <err)" -eq 1 ] || fail "not one line on stderr"
  [ "$(cat err)" = "$message" ] || fail "stderr is not: $message"
  [ ! -e quoit-demo.svg ] || fail "there is a picture"
  no_leftovers
}

# What does not differ from run to run.
steady() { grep -v "^  time " "$1"; }

narrow() { awk 'length > 100 { exit 1 }' "$1" || fail "a line has more than 100 columns"; }

small() { printf 'one\t1\ntwo\t2\nthree\t3\n'; }

case $case in
default)
  good
  grep -q "^63,436 keys on a ring of 8 nodes, 2 copies of every key" out || fail "other data than expected"
  [ "$(grep -c 'digest .*as before$' out)" -eq 3 ] || fail "a digest differs"
  [ "$(grep -c '^  lost  *nothing$' out)" -eq 3 ] || fail "something is lost"
  # Keys, circle and copies: what moved, and beside it the least possible, which is the same.
  minimum='s/^  keys moved  *\([0-9,]*\) of 63,436 .*; least possible \([0-9,]*\)$/\1 \2/p
    s/^  circle moved  *\([0-9.%]*\); least possible \([0-9.%]*\),.*/\1 \2/p
    s/^  copies moved  *\([0-9,]*\) of .*; least possible \([0-9,]*\)$/\1 \2/p'
  sed -n "$minimum" out >moved
  [ "$(wc -l <moved)" -eq 9 ] || fail "what moved does not stand beside the least possible"
  awk '$1 != $2 || $1 == 0 { exit 1 }' moved || fail "more moved than had to"
  narrow out
  steady out >first
  good
  steady out >second
  cmp first second || fail "two runs print different things"
  ;;
piped)
  # Nothing but text: no carriage return, no escape code.
  small >in.tsv
  good in.tsv
  [ "$(tr -d '\012\040-\176' <out | wc -c)" -eq 0 ] || fail "control characters on stdout"
  ;;
terminal)
  # The progress shows on a terminal, and is gone in the end.
  command -v script >/dev/null || skip "no script(1) to make a terminal"
  script -qec "'$demo' >out" /dev/null >err || fail "exit code $?"
  grep -q "loading [0-9]*%" err || fail "no progress on a terminal"
  grep -q "%" out && ! grep -q "loading" out || fail "the progress is on stdout"
  # With both on one terminal, what stays there is what a pipe gets.
  small >in.tsv
  "$demo" in.tsv >out 2>err || fail "exit code $?"
  script -qec "'$demo' in.tsv" /dev/null >screen || fail "exit code $?"
  escape=$(printf '\033')
  sed "s/\r\$//; s/.*\r$escape\[K//" screen >stays
  steady stays >first
  steady out | cmp - first || fail "the progress does not go"
  ;;
replicas)
  small >in.tsv
  for replicas in 2 3 100; do good in.tsv --replicas "$replicas"; done
  # One copy: the crash loses what that node held, no more, and says so.
  "$demo" --replicas 1 >out 2>err || fail "exit code $?"
  grep -q "keys that only node-2 held" out || fail "the loss is not reported"
  grep -q "as it must be without the lost keys" out || fail "the digest of the rest is not judged"
  grep -q "keys lost with the node that held the only copy" out || fail "no honest verdict"
  narrow out
  ;;
nodes)
  small >in.tsv
  for nodes in 1 2 3 9 10; do good in.tsv --nodes "$nodes"; done
  good in.tsv --nodes=100
  good in.tsv --nodes 1
  grep -q "^4. Nobody crashes: node-2 is the only node left" out || fail "the crash of the last node is not left out"
  ;;
one_line)
  printf 'key\tvalue\n' >in.tsv
  good in.tsv
  grep -q "^nothing lost: 1 key with" out || fail "not one key"
  ;;
line_ends)
  # LF, CRLF and no line end at all are the same content.
  small >in.tsv
  good in.tsv
  steady out >lf
  small | sed 's/$/\r/' >in.tsv
  good in.tsv
  steady out | cmp - lf || fail "CRLF makes a difference"
  printf 'one\t1\r\ntwo\t2\nthree\t3' >in.tsv
  good in.tsv
  steady out | cmp - lf || fail "a missing last line end makes a difference"
  ;;
any_text)
  # An empty key, an empty value, a value with tabs, UTF-8, and a line of a megabyte.
  { printf '\tempty key\nempty value\t\ntabs\ta\tb\t\nключ\tценност\n '; head -c 1000000 /dev/zero | tr '\0' k; printf '\t'
    head -c 1000000 /dev/zero | tr '\0' v; printf '\n'; } >in.tsv
  good in.tsv
  grep -q "^nothing lost: 5 keys with" out || fail "not five keys"
  ;;
large)
  awk 'BEGIN { for (i = 0; i < 300000; ++i) print "user:" i "\tvalue of " i }' >in.tsv
  good in.tsv
  grep -q "^nothing lost: 300,000 keys with" out || fail "not all keys"
  # Large numbers stay clear of the bars in front of them.
  head -n 100000 in.tsv >some.tsv
  good some.tsv --nodes 1
  grep -q "^<text.*>100,000</text>" quoit-demo.svg || fail "no large number in the picture"
  awk -F '"' '/^<rect/ { bar_end = $2 + $6 }
    /^<text.*ink end/ {
      split($0, part, /[<>]/)
      if (part[3] ~ /^[0-9,]+$/ && $2 - 7.6 * length(part[3]) < bar_end) exit 1
    }' quoit-demo.svg || fail "a number is on top of its bar"
  ;;
standard_input)
  small | "$demo" /dev/stdin >out 2>err || fail "exit code $?"
  grep -q "^nothing lost: 3 keys with" out || fail "not three keys"
  ;;
picture)
  small >in.tsv
  good in.tsv
  cp quoit-demo.svg expected.svg
  "$demo" in.tsv --picture "a picture.svg" >out 2>err || fail "exit code $?"
  cmp "a picture.svg" expected.svg || fail "the picture differs"
  whole_picture "a picture.svg"
  grep -q "^picture: a picture.svg$" out || fail "does not say where the picture is"
  # An old picture is replaced, a link to one is followed.
  echo old >old.svg
  ln -s old.svg link.svg
  "$demo" in.tsv --picture=link.svg >out 2>err || fail "exit code $?"
  [ -L link.svg ] || fail "the link is replaced"
  cmp old.svg expected.svg || fail "the picture behind the link is not replaced"
  # Who may read and write it stays as it was.
  chmod 620 old.svg
  "$demo" in.tsv --picture old.svg >out 2>err || fail "exit code $?"
  [ "$(ls -l old.svg | cut -c 1-10)" = "-rw--w----" ] || fail "the picture's permissions are changed"
  ;;
well_formed)
  find_parser
  small >in.tsv
  for options in "" "in.tsv --nodes 1" "in.tsv --nodes 100" "in.tsv --replicas 1"; do
    # shellcheck disable=SC2086 # words
    "$demo" $options >out 2>err || fail "exit code $?"
    eval "$parse quoit-demo.svg" >out 2>err || fail "the picture of 'demo $options' is not well-formed"
    # The parser itself must be able to fail.
    sed '$d' quoit-demo.svg >cut.svg
    ! eval "$parse cut.svg" >out 2>err || fail "the parser takes anything"
  done
  ;;
other_directory)
  mkdir -p elsewhere
  small >in.tsv
  cd elsewhere
  good ../in.tsv
  [ ! -e ../quoit-demo.svg ] || fail "the picture is not where the demo ran"
  ;;
read_only_directory)
  not_as_root
  small >in.tsv
  mkdir locked
  chmod 555 locked
  (cd locked && "$demo" ../in.tsv >../out 2>../err) || fail "exit code $?"
  grep -q "^picture: $TMPDIR/quoit-demo.svg$" out || fail "the picture is not with the temporary files"
  whole_picture quoit-demo.svg
  ;;
read_only_picture)
  # A picture that must not be changed is refused before anything is printed, though its directory could be written.
  not_as_root
  small >in.tsv
  echo old >old.svg
  chmod 444 old.svg
  ln -s old.svg link.svg
  bad "old.svg: cannot be written: Permission denied" in.tsv --picture old.svg
  bad "$PWD/old.svg: cannot be written: Permission denied" in.tsv --picture link.svg
  [ "$(cat old.svg)" = old ] || fail "the old picture is changed"
  # The default one goes to the temporary files then.
  mkdir temporary
  mv old.svg quoit-demo.svg
  TMPDIR=$PWD/temporary "$demo" in.tsv >out 2>err || fail "exit code $?"
  [ "$(cat quoit-demo.svg)" = old ] || fail "the old picture is changed"
  whole_picture temporary/quoit-demo.svg
  ;;
broken_pipe)
  # Whoever stops reading gets no half picture.
  "$demo" 2>err | head -n 1 >out
  no_leftovers
  [ ! -e quoit-demo.svg ] || whole_picture quoit-demo.svg
  ;;
help)
  "$demo" --help >out 2>err || fail "exit code $?"
  grep -q "^usage: demo " out || fail "no usage"
  narrow out
  [ ! -s err ] || fail "something on stderr"
  [ ! -e quoit-demo.svg ] || fail "there is a picture"
  ;;
bad_file)
  mkdir directory
  : >empty.tsv
  bad "missing.tsv: cannot be opened: No such file or directory" missing.tsv
  bad ": cannot be opened: No such file or directory" ""
  bad "directory: is a directory, not a file" directory
  bad "empty.tsv: is empty; lines of key<TAB>value are expected" empty.tsv
  bad "/dev/null: is empty; lines of key<TAB>value are expected" /dev/null
  if [ -e /proc/self/mem ]; then bad "/proc/self/mem: cannot be read: Input/output error" /proc/self/mem; fi
  ;;
unreadable_file)
  not_as_root
  small >in.tsv
  chmod 000 in.tsv
  bad "in.tsv: cannot be opened: Permission denied" in.tsv
  ;;
bad_line)
  printf 'a\t1\nb\t2\0\n' >binary.tsv
  bad "binary.tsv:2: a NUL byte; this is a binary file, not text" binary.tsv
  bad "/dev/zero:1: a NUL byte; this is a binary file, not text" /dev/zero
  printf 'a\t1\nb\t2\001\n' >binary.tsv
  bad "binary.tsv:2: a control character (byte 0x01); this is a binary file, not text" binary.tsv
  printf 'a\t\037\nb\t\0\n' >binary.tsv
  bad "binary.tsv:1: a control character (byte 0x1f); this is a binary file, not text" binary.tsv
  printf 'a\t\0\nb\t\037\n' >binary.tsv
  bad "binary.tsv:1: a NUL byte; this is a binary file, not text" binary.tsv
  # More than is read at once.
  { awk 'BEGIN { for (i = 1; i < 20000; ++i) print i "\tvalue" }'; printf 'last\t\b\n'; } >binary.tsv
  bad "binary.tsv:20000: a control character (byte 0x08); this is a binary file, not text" binary.tsv
  printf 'a\t1\nb 2\nc\t3\n' >untabbed.tsv
  bad "untabbed.tsv:2: no tab; key<TAB>value is expected" untabbed.tsv
  printf 'a\t1\n\n' >blank.tsv
  bad "blank.tsv:2: no tab; key<TAB>value is expected" blank.tsv
  printf 'a\t1\nb\t2\na\t3\n' >twice.tsv
  bad "twice.tsv:3: the key 'a' is in line 1 already" twice.tsv
  printf '\t1\n\t2\n' >twice.tsv
  bad "twice.tsv:2: the key '' is in line 1 already" twice.tsv
  printf 'a\033[2J\t1\na\033[2J\t2\n' >escape.tsv
  bad "escape.tsv:2: the key 'a?[2J' is in line 1 already" escape.tsv
  # A long key is cut in the message, between two characters.
  long=12345678901234567890123456789012345678901234567890
  while read -r end kept; do
    printf '%s\t1\n%s\t2\n' "$long$end" "$long$end" >long.tsv
    bad "long.tsv:2: the key '$long$kept' is in line 1 already" long.tsv
  done <<'END'
123456789. 123456789.
123456789.. 123456789.…
12345678ж 12345678ж
12345678ж. 12345678ж…
123456789ж 123456789…
1234567語. 1234567語…
12345678語 12345678…
123456789語 123456789…
1234567🎈 1234567…
12345678🎈 12345678…
123456789🎈 123456789…
END
  # Bytes that are no text in UTF-8 at all.
  awk 'BEGIN { for (i = 0; i < 70; ++i) printf "\200"; print "\t1" }' >long.tsv
  "$demo" long.tsv >out 2>err || fail "exit code $?"
  rm quoit-demo.svg
  cat long.tsv long.tsv >twice.tsv
  status=0
  "$demo" twice.tsv >out 2>err || status=$?
  [ "$status" -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && [ "$(wc -c <err)" -gt 80 ] || fail "another message"
  ;;
bad_picture)
  small >in.tsv
  cp in.tsv kept.tsv
  mkdir directory
  bad "missing/p.svg: cannot be written: No such file or directory" in.tsv --picture missing/p.svg
  bad "directory: is a directory; the picture needs the name of a file" in.tsv --picture directory
  bad "in.tsv: is the input; the picture must not replace it" in.tsv --picture in.tsv
  bad "/dev/null: is not a regular file; the picture cannot replace it" in.tsv --picture /dev/null
  bad "/proc/p.svg: cannot be written: No such file or directory" in.tsv --picture /proc/p.svg
  cmp in.tsv kept.tsv || fail "the input is changed"
  # The input comes first: a wrong file leaves an old picture as it was.
  echo old >old.svg
  bad "missing.tsv: cannot be opened: No such file or directory" missing.tsv --picture old.svg
  [ "$(cat old.svg)" = old ] || fail "the old picture is gone"
  ;;
bad_options)
  small >in.tsv
  bad "demo: unknown option '--colour'; --help lists the known ones" --colour
  bad "demo: unknown option '-x'; --help lists the known ones" in.tsv -x
  bad "demo: --nodes: 'many' is not a number from 1 to 100" --nodes many
  bad "demo: --nodes: '0' is not a number from 1 to 100" --nodes 0
  bad "demo: --nodes: '-1' is not a number from 1 to 100" --nodes=-1
  bad "demo: --nodes: '101' is not a number from 1 to 100" --nodes 101
  bad "demo: --nodes: '99999999999999999999' is not a number from 1 to 100" --nodes 99999999999999999999
  bad "demo: --replicas: '0' is not a number from 1 to 100" --replicas 0
  bad "demo: --replicas: '2x' is not a number from 1 to 100" in.tsv --replicas 2x
  bad "demo: --replicas needs a value" --replicas
  bad "demo: --picture needs a path" --picture=
  bad "demo: two files, 'in.tsv' and 'other.tsv'" in.tsv other.tsv
  ;;
moved_clone)
  # A build folder that was moved or copied along with its clone is built afresh; any other one is kept.
  small_clone
  all_scripts clone
  touch clone/build/demo/kept clone/build/dev/kept clone/build/bench/kept
  all_scripts clone
  [ "$(find clone -name kept | wc -l)" -eq 3 ] || fail "a good build folder is gone"
  mv clone "moved clone"
  all_scripts "moved clone"
  [ -z "$(find . -name kept)" ] || fail "the build folder of another place is still there"
  cp -R "moved clone" copy
  touch "moved clone"/build/demo/kept
  all_scripts copy
  all_scripts "moved clone"
  [ -e "moved clone"/build/demo/kept ] || fail "a good build folder is gone"
  # The same place under another name.
  touch copy/build/demo/kept
  ln -s copy link
  link/scripts/demo >out 2>err || fail "exit code $? of scripts/demo"
  [ -e copy/build/demo/kept ] || fail "a good build folder is gone"
  ;;
locked_clone)
  # Somebody else's build folder.
  not_as_root
  small_clone
  trap 'chmod -R u+w clone' EXIT
  mkdir -p clone/build/demo clone/build/dev clone/build/bench
  echo "old trouble" | tee clone/build/demo.log clone/build/demo/build.log >clone/build/bench/build.log
  chmod -R a-w clone
  elsewhere=$PWD/quoit-demo-$(id -u)
  clone/scripts/demo >out 2>err || fail "exit code $? of scripts/demo"
  [ "$(cat out)" = "examples/demo of $PWD/clone" ] || fail "another demo"
  [ "$(cat err)" = "quoit: $PWD/clone/build/demo cannot be written: building in $elsewhere" ] || fail "another message"
  clone/scripts/demo >out 2>err || fail "exit code $? of scripts/demo"
  [ ! -s err ] || fail "something on stderr"
  refused bench
  refused test
  # A build that fails shows its own log.
  chmod u+w clone clone/CMakeLists.txt
  cp clone/CMakeLists.txt whole
  echo 'message(FATAL_ERROR "new trouble")' >clone/CMakeLists.txt
  ! clone/scripts/demo >out 2>err || fail "scripts/demo ends well"
  grep -q "new trouble" err && ! grep -q "old trouble" err || fail "not the log of this build"
  cp whole clone/CMakeLists.txt
  # Nothing to write at all: a place for the build that is not there, or that somebody else may have prepared.
  mv "$elsewhere" prepared
  ln -s prepared "$elsewhere"
  refused demo
  TMPDIR=$PWD/missing
  refused demo
  TMPDIR=$PWD
  # A clone that was never built in, on a disk that cannot be written.
  rm "$elsewhere"
  chmod -R u+w clone
  rm -r clone/build
  chmod -R a-w clone
  clone/scripts/demo >out 2>err || fail "exit code $? of scripts/demo"
  ;;
full_disk)
  [ -e /dev/full ] || skip "no /dev/full"
  small >in.tsv
  status=0
  "$demo" in.tsv >/dev/full 2>err || status=$?
  [ "$status" -eq 2 ] || fail "exit code $status, not 2"
  [ "$(cat err)" = "standard output: cannot be written: No space left on device" ] || fail "another message"
  ;;
*) fail "there is no case '$case'" ;;
esac
