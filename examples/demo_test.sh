#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests the demo's options and its handling of input: demo_test.sh DEMO CASE DIRECTORY runs one case in a fresh
# directory. ctest runs all cases, and compares the demo's output for its own data with demo.out.
set -eu
demo=$1 case=$2
rm -rf "$3"
mkdir -p "$3"
cd "$3"
TMPDIR=$PWD LC_ALL=C
export TMPDIR LC_ALL
printf 'one\t1\ntwo\t2\nthree\t3\n' >small.tsv

skip() { echo "SKIPPED: $*" && exit 77; }
fail() {
  echo "FAILED: $*"
  for file in out err; do
    if [ -s "$file" ]; then echo "--- $file"; tail -n 40 "$file"; fi
  done
  exit 1
}

# run ARGUMENTS...: the demo must end with 0, print plain text of at most 100 columns, and leave no temporary file.
run() {
  "$demo" "$@" >out 2>err || fail "exit code $? of: demo $*"
  [ ! -s err ] || fail "something on stderr from: demo $*"
  [ "$(tr -d '\012\040-\176' <out | wc -c)" -eq 0 ] || fail "control characters on stdout"
  awk 'length > 100 && !/^picture: / { exit 1 }' out || fail "a line has more than 100 columns"
  no_leftovers
}

# good ARGUMENTS...: the same, and the output has the verdict, and the picture is complete.
good() {
  run "$@"
  says "^nothing lost: "
  whole quoit-demo.svg
}

# bad MESSAGE ARGUMENTS...: exit code 2, exactly this line on stderr, nothing on stdout, and no picture.
bad() {
  message=$1 status=0
  shift
  "$demo" "$@" >out 2>err || status=$?
  [ "$status" -eq 2 ] || fail "exit code $status, not 2, of: demo $*"
  [ ! -s out ] || fail "something on stdout from: demo $*"
  printf '%s\n' "$message" | cmp -s - err || fail "stderr is not: $message"
  [ ! -e quoit-demo.svg ] || fail "there is a picture"
  no_leftovers
}

says() { grep -q -- "$1" out || fail "does not say: $1"; }
same() { cmp "$1" "$2" || fail "$1 is not $2"; }
steady() { grep -v "^  time " "$1"; }  # the lines that do not differ from run to run
no_leftovers() { [ -z "$(find . -name '*.tmp')" ] || fail "a temporary file is left"; }

whole() {
  [ "$(head -c 4 "$1")$(tail -n 1 "$1")" = "<svg</svg>" ] || fail "$1 is not a complete picture"
  [ "$(wc -c <"$1")" -lt 1000000 ] || fail "$1 is too large"
}

# Root may read and write everywhere. So the demo runs as another user then, in a directory that every user can reach.
not_as_root() {
  [ "$(id -u)" -eq 0 ] || return 0
  command -v setpriv >/dev/null || skip "this is root, and there is no setpriv"
  TMPDIR=$(mktemp -d /tmp/quoit-demo-test.XXXXXX)
  trap 'rm -rf "$TMPDIR"' EXIT
  cp "$demo" "$TMPDIR"/program
  cp small.tsv "$TMPDIR"
  cd "$TMPDIR"
  printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups %s/program "$@"\n' "$TMPDIR" >demo
  chmod 755 demo program
  chmod 777 .
  demo=$TMPDIR/demo
  "$demo" --help >/dev/null 2>&1 || skip "this is root, and the demo cannot run as another user"
}

case $case in
options)
  run --help
  says "^usage: demo "
  [ ! -e quoit-demo.svg ] || fail "there is a picture"
  for nodes in 100 10 9 3 2 1; do good small.tsv --nodes $nodes; done
  says "^4. No node crashes: node-2 is the only node left"
  for replicas in 2 3 100; do good --replicas=$replicas -- small.tsv; done
  # With one copy, the crash loses exactly the keys of that node, and the demo reports it.
  run --replicas 1
  says "keys that only node-2 held"
  says "correct without the lost keys"
  says "keys lost with the node that held the only copy"
  ;;
input)
  printf 'key\tvalue\n' >in.tsv
  good in.tsv
  says "^nothing lost: 1 key with"
  # An empty key, an empty value, a value with tabs, UTF-8, and a line of two megabytes.
  printf '\tempty key\nempty value\t\ntabs\ta\tb\t\nключ\tценност\n%1000000s\t%1000000s\n' k v >in.tsv
  good in.tsv
  says "^nothing lost: 5 keys with"
  # CRLF, a missing last line end, and a pipe instead of a file make no difference.
  good small.tsv
  steady out >expected
  for text in 'one\t1\r\ntwo\t2\r\nthree\t3\r\n' 'one\t1\r\ntwo\t2\nthree\t3'; do
    # shellcheck disable=SC2059 # escapes are meant
    printf "$text" | good /dev/stdin
    steady out | cmp - expected || fail "there is a difference"
  done
  ;;
large)
  awk 'BEGIN { for (i = 0; i < 300000; ++i) print "user:" i "\tvalue of " i }' >in.tsv
  good in.tsv
  says "^nothing lost: 300,000 keys with"
  good in.tsv --nodes 1
  says "^nothing lost: 300,000 keys with"
  # Large numbers do not overlap the bars before them.
  grep -q "^<text.*>300,000</text>" quoit-demo.svg || fail "no large number in the picture"
  awk -F '"' '/^<rect/ { bar_end = $2 + $6 }
    /^<text.*ink end.*>[0-9,]+</ { split($0, part, /[<>]/); if ($2 - 7.6 * length(part[3]) < bar_end) exit 1 }' \
    quoit-demo.svg || fail "a number is on top of its bar"
  ;;
terminal)
  # The progress appears on a terminal, and is removed at the end.
  command -v script >/dev/null || skip "no script(1) to make a terminal"
  script -qec "'$demo' >out" /dev/null >err || fail "exit code $?"
  grep -q "loading [0-9]*%" err || fail "no progress on a terminal"
  ! grep -q "loading" out || fail "the progress is on stdout"
  # With both streams on one terminal, the same text stays there that a pipe gets.
  run small.tsv
  script -qec "'$demo' small.tsv" /dev/null >screen || fail "exit code $?"
  sed "s/\r\$//; s/.*\r$(printf '\033')\[K//" screen >stays
  steady out >pipe
  steady stays | cmp - pipe || fail "the progress is not removed"
  ;;
picture)
  # The picture goes into the current directory, not into that of the input.
  mkdir elsewhere
  (cd elsewhere && good ../small.tsv)
  [ ! -e quoit-demo.svg ] || fail "the picture is not where the demo ran"
  cp elsewhere/quoit-demo.svg expected.svg
  run small.tsv --picture "a picture.svg"
  says "^picture: a picture.svg$"
  same "a picture.svg" expected.svg
  # An old picture is replaced, a link is followed, and the permissions stay unchanged.
  echo old >old.svg
  chmod 620 old.svg
  ln -s old.svg link.svg
  run small.tsv --picture=link.svg
  [ -L link.svg ] || fail "the link is replaced"
  same old.svg expected.svg
  [ -n "$(find old.svg -perm 620)" ] || fail "the picture's permissions are changed"
  # A reader that stops early gets no half-written picture.
  "$demo" 2>err | head -n 1 >out
  no_leftovers
  [ ! -e quoit-demo.svg ] || whole quoit-demo.svg
  ;;
well_formed)
  parser="python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])'"
  if command -v xmllint >/dev/null; then parser='xmllint --noout'; fi
  echo '<svg/>' >least.svg
  eval "$parser least.svg" 2>/dev/null || skip "neither xmllint nor python3 to parse XML"
  for options in "" "small.tsv --nodes 1" "small.tsv --nodes 100" "small.tsv --replicas 1"; do
    # shellcheck disable=SC2086 # words
    run $options
    eval "$parser quoit-demo.svg" >out 2>err || fail "the picture of 'demo $options' is not well-formed"
    # The parser itself must be able to fail.
    sed '$d' quoit-demo.svg >cut.svg
    ! eval "$parser cut.svg" >out 2>err || fail "the parser takes anything"
  done
  ;;
permissions)
  not_as_root
  cp small.tsv unreadable.tsv
  chmod 000 unreadable.tsv
  bad "unreadable.tsv: cannot be opened: Permission denied" unreadable.tsv
  # A read-only picture is refused, although its directory is writable.
  mkdir -m 777 kept
  mkdir -m 555 locked
  echo old >kept/quoit-demo.svg
  chmod 444 kept/quoit-demo.svg
  ln -s kept/quoit-demo.svg link.svg
  bad "kept/quoit-demo.svg: cannot be written: Permission denied" small.tsv --picture kept/quoit-demo.svg
  bad "$PWD/kept/quoit-demo.svg: cannot be written: Permission denied" small.tsv --picture link.svg
  # The default picture then goes to the directory for temporary files, as it does if its directory is read-only.
  for directory in kept locked; do
    (cd $directory && "$demo" ../small.tsv >../out 2>../err) || fail "exit code $?"
    says "^picture: $TMPDIR/quoit-demo.svg$"
    whole quoit-demo.svg
    rm -f quoit-demo.svg
  done
  [ "$(cat kept/quoit-demo.svg)" = old ] || fail "the old picture is changed"
  ;;
bad_input)
  mkdir directory
  : >empty.tsv
  echo old >old.svg
  # Rows of ARGUMENTS|MESSAGE. The input is checked first: a wrong file leaves an old picture unchanged.
  while IFS='|' read -r arguments message; do eval "bad \"\$message\" $arguments"; done <<'END'
missing.tsv --picture old.svg|missing.tsv: cannot be opened: No such file or directory
""|: cannot be opened: No such file or directory
directory|directory: is a directory, not a file
empty.tsv|empty.tsv: is empty; lines of key<TAB>value are expected
/dev/null|/dev/null: is empty; lines of key<TAB>value are expected
/dev/zero|/dev/zero:1: a NUL byte; this is a binary file, not text
small.tsv --picture missing/p.svg|missing/p.svg: cannot be written: No such file or directory
small.tsv --picture directory|directory: is a directory; the picture needs the name of a file
small.tsv --picture small.tsv|small.tsv: is the input; the picture must not replace it
small.tsv --picture /dev/null|/dev/null: is not a regular file; the picture cannot replace it
small.tsv --picture /proc/p.svg|/proc/p.svg: cannot be written: No such file or directory
--colour|demo: unknown option '--colour'; --help lists the known ones
small.tsv -x|demo: unknown option '-x'; --help lists the known ones
--nodes many|demo: --nodes: 'many' is not a number from 1 to 100
--nodes 0|demo: --nodes: '0' is not a number from 1 to 100
--nodes=-1|demo: --nodes: '-1' is not a number from 1 to 100
--nodes 101|demo: --nodes: '101' is not a number from 1 to 100
--nodes 99999999999999999999|demo: --nodes: '99999999999999999999' is not a number from 1 to 100
--replicas 0|demo: --replicas: '0' is not a number from 1 to 100
small.tsv --replicas 2x|demo: --replicas: '2x' is not a number from 1 to 100
--replicas|demo: --replicas needs a value
--picture=|demo: --picture needs a path
small.tsv other.tsv|demo: two files, 'small.tsv' and 'other.tsv'
END
  if [ -e /proc/self/mem ]; then bad "/proc/self/mem: cannot be read: Input/output error" /proc/self/mem; fi
  [ "$(cat old.svg)" = old ] || fail "the old picture is gone"
  good small.tsv  # which is unchanged
  says "^3 keys on a ring"
  if [ -e /dev/full ]; then
    status=$({ "$demo" small.tsv >/dev/full; } 2>err || echo $?)
    [ "$status $(cat err)" = "2 standard output: cannot be written: No space left on device" ] || fail "code $status"
  fi
  ;;
bad_line)
  # Rows of CONTENT|MESSAGE without the file name. The message cuts a long key, between two characters.
  long=12345678901234567890123456789012345678901234567890
  while IFS='|' read -r content message; do
    # shellcheck disable=SC2059 # escapes are meant
    printf "$content" | sed "s/LONG/$long/" >in.tsv
    bad "in.tsv:$(printf %s "$message" | sed "s/LONG/$long/")" in.tsv
  done <<'END'
a\t1\nb\t2\0\n|2: a NUL byte; this is a binary file, not text
a\t1\nb\t2\001\n|2: a control character (byte 0x01); this is a binary file, not text
a\t\037\nb\t\0\n|1: a control character (byte 0x1f); this is a binary file, not text
a\t\0\nb\t\037\n|1: a NUL byte; this is a binary file, not text
a\t1\nb 2\nc\t3\n|2: no tab; key<TAB>value is expected
a\t1\n\n|2: no tab; key<TAB>value is expected
a\t1\nb\t2\na\t3\n|3: the key 'a' is in line 1 already
\t1\n\t2\n|2: the key '' is in line 1 already
a\033[2J\t1\na\033[2J\t2\n|2: the key 'a?[2J' is in line 1 already
LONG123456789.\t\nLONG123456789.\t\n|2: the key 'LONG123456789.' is in line 1 already
LONG123456789..\t\nLONG123456789..\t\n|2: the key 'LONG123456789.…' is in line 1 already
LONG12345678ж\t\nLONG12345678ж\t\n|2: the key 'LONG12345678ж' is in line 1 already
LONG12345678ж.\t\nLONG12345678ж.\t\n|2: the key 'LONG12345678ж…' is in line 1 already
LONG123456789ж\t\nLONG123456789ж\t\n|2: the key 'LONG123456789…' is in line 1 already
LONG1234567語.\t\nLONG1234567語.\t\n|2: the key 'LONG1234567語…' is in line 1 already
LONG12345678語\t\nLONG12345678語\t\n|2: the key 'LONG12345678…' is in line 1 already
LONG123456789語\t\nLONG123456789語\t\n|2: the key 'LONG123456789…' is in line 1 already
LONG1234567🎈\t\nLONG1234567🎈\t\n|2: the key 'LONG1234567…' is in line 1 already
LONG12345678🎈\t\nLONG12345678🎈\t\n|2: the key 'LONG12345678…' is in line 1 already
LONG123456789🎈\t\nLONG123456789🎈\t\n|2: the key 'LONG123456789…' is in line 1 already
END
  # A line after the first buffer, and bytes that are not valid UTF-8.
  { awk 'BEGIN { for (i = 1; i < 20000; ++i) print i "\tvalue" }'; printf 'last\t\b\n'; } >in.tsv
  bad "in.tsv:20000: a control character (byte 0x08); this is a binary file, not text" in.tsv
  printf '%70s' '' | tr ' ' '\200' >key
  { cat key; printf '\t1\n'; cat key; printf '\t2\n'; } >in.tsv
  bad "in.tsv:2: the key '$(head -c 57 key)…' is in line 1 already" in.tsv
  ;;
*) fail "there is no case '$case'" ;;
esac
