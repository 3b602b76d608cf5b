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
unset NO_COLOR
printf 'one\t1\ntwo\t2\nthree\t3\n' >small.tsv
esc=$(printf '\033')

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

keys() { awk -v "n=$1" 'BEGIN { for (i = 0; i < n; ++i) print "user:" i "\tvalue of " i }'; }
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
  for nodes in 1000 100 25 24 10 9 3 2 1; do good small.tsv --nodes $nodes; done
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
  keys 120000 >in.tsv
  good in.tsv
  says "^nothing lost: 120,000 keys with"
  good in.tsv --nodes 1
  says "^nothing lost: 120,000 keys with"
  # Large numbers do not overlap the bars before them.
  grep -q "^<text.*>120,000</text>" quoit-demo.svg || fail "no large number in the picture"
  awk -F '"' '/^<rect/ { bar_end = $2 + $6 }
    /^<text.*ink end.*>[0-9,]+</ { split($0, part, /[<>]/); if ($2 - 7.6 * length(part[3]) < bar_end) exit 1 }' \
    quoit-demo.svg || fail "a number is on top of its bar"
  ;;
terminal)
  # The progress appears on a terminal, and is removed at the end.
  command -v script >/dev/null || skip "no script(1) to make a terminal"
  TERM=xterm
  export TERM
  script -qec "'$demo' >out" /dev/null >err || fail "exit code $?"
  grep -q "loading [0-9]*%" err || fail "no progress on a terminal"
  ! grep -q "loading" out || fail "the progress is on stdout"
  # With both streams on one terminal that is to be plain, the same text stays there that a pipe gets.
  run small.tsv
  steady out >pipe
  for plain in "TERM=dumb" "NO_COLOR=1" "NO_COLOR=no"; do
    script -qec "stty cols 73; env LC_ALL=en_US.UTF-8 $plain '$demo' small.tsv" /dev/null >screen || fail "exit code $?"
    ! grep -q "$esc" screen || fail "an escape sequence with $plain"
    sed "s/\r\$//; s/.*\r//" screen >stays
    steady stays | cmp - pipe || fail "another text with $plain"
  done
  ;;
colour)
  command -v script >/dev/null || skip "no script(1) to make a terminal"
  # on_terminal VARIABLES ARGUMENTS...: what a terminal of 80 columns gets, with colours in text, without in plain.
  on_terminal() {
    variables=$1
    shift
    script -qec "stty cols 80; env $variables '$demo' $* 2>err" /dev/null >text || fail "exit code $? with $variables"
    tr -d '\r' <text | sed "s/$esc\[[0-9;]*m//g" >plain
    ! grep -q "$esc" plain || fail "an escape sequence that is no colour, with $variables"
  }
  keys 5000 >in.tsv
  run in.tsv --nodes 3
  each_block() { for block in █ ▏ ▎ ▍ ▌ ▋ ▊ ▉; do printf 's/%s/%s/g;' $block "$1"; done; }
  # Only the form of the bars differs.
  without_bars() { sed 's/#//g; s/  */ /g; s/ *$//; /^ time /d' "$1"; }
  without_bars out >pipe
  for locale in LC_ALL=C.UTF-8 "LC_ALL= LC_CTYPE=en_US.utf8" "LC_ALL= LC_CTYPE= LANG=bg_BG.UTF-8" LC_ALL=xx_XX.utf-8; do
    on_terminal "TERM=xterm NO_COLOR= $locale" in.tsv --nodes 3
    grep -q "$esc\[" text || fail "no colour with $locale"
    grep -q "█" plain || fail "no block characters with $locale"
    ! grep -q "#" plain || fail "a plain bar with $locale"
    sed "s/→/->/; $(each_block "")" plain >other
    without_bars other | cmp - pipe || fail "another text with $locale"
  done
  for locale in LC_ALL=C LC_ALL=en_US.ISO-8859-1 "LC_ALL=C LANG=C.UTF-8" "LC_ALL= LC_CTYPE= LANG="; do
    on_terminal "TERM=xterm NO_COLOR= $locale" in.tsv --nodes 3
    grep -q "$esc\[" text || fail "no colour with $locale"
    [ "$(tr -d '\012\040-\176' <plain | wc -c)" -eq 0 ] || fail "block characters with $locale"
  done
  # No line breaks at the edge, whatever the names: a character of three bytes counts as its columns.
  for names in a,b,c,d 'узел-1,узел-2*3,узел-3,d' '語語語語,語語語,語語,語' "$(printf '%050d,%060d,%070d,d' 1 2 3)"; do
    on_terminal "TERM=xterm NO_COLOR= LC_ALL=C.UTF-8" in.tsv --names "'$names'"
    grep "^picture: " plain >/dev/null || fail "no end"
    # A column for the numbers: whatever is before them, it is as wide. Three bytes of 語 have two columns.
    sed "s/→/>/; s/…/#/g; s/語/##/g; s/[$(printf '\320\321')]./#/g; $(each_block "#")" plain >flat
    [ "$(awk '/^  .*####.* [0-9,]+  +(=|[-+][0-9,]+)$/ { print length }' flat | sort -u | wc -l)" -eq 1 ] ||
      fail "the numbers of $names are not in one column"
    awk 'length > 80 && !/^picture: / { exit 1 }' flat || fail "a line has more than 80 columns"
  done
  ;;
names)
  # A name may have any characters. In the picture none of them is markup, and on a terminal none moves the cursor.
  bell=$(printf 'x\a\033[2Jy')
  "$demo" small.tsv --names "<b>&\"c\"*3,узел,$bell,$(printf '\377\376'),日本語,']]>,new'node*2" >out 2>err ||
    fail "exit code $?"
  says "^nothing lost: "
  says "<b>&\"c\" x3 "
  says "x??\[2Jy"
  ! grep -q "$esc" out || fail "an escape sequence of a name is on stdout"
  whole quoit-demo.svg
  ! grep -q "<b>\|$esc" quoit-demo.svg || fail "a name is markup"
  grep -q "&lt;b&gt;&amp;&quot;c&quot; ×3" quoit-demo.svg || fail "a name is not in the picture"
  # A long name is cut, and is whole under the pointer.
  long=$(printf '%0100d' 0)
  good small.tsv --names "a,b,$long"
  says "^  0000.*\.\.\. "
  ! grep -q "$long" out || fail "a long name is not cut"
  grep -q "<title>$long</title>" quoit-demo.svg || fail "a long name is not in the picture"
  # Weights: b has three times the load of a.
  good --names a,b*3,c
  says "^  b x3 "
  awk '/^2\./ { exit } $1 == "a" { a = $NF } $1 == "b" { b = $NF } { gsub(",", "") }
    END { exit !(b > 2 * a || b ~ /,/) }' out || fail "the weight has no effect"
  says "copies moved "
  grep -q "fullest / mean, by weight" quoit-demo.svg || fail "the picture does not respect weights"
  ;;
moved)
  # What hash % n would have moved is counted from the keys, and stands beside the least possible.
  run
  [ "$(grep -c "^ .* least possible [0-9,]*; hash % n would have moved [0-9.]*%$" out)" -eq 3 ] || fail "not each step"
  sed -n '/^Summary$/,$p' out >end
  [ "$(wc -l <end)" -le 9 ] || fail "the summary is long"
  grep -q "moved  least possible  hash % n would have moved" end || fail "not in the summary"
  # About n / (n + 1) for a new node; all keys have a number, and 1 of 2 keys moves between 1 and 2 nodes.
  awk '$2 == "joins" { if ($5 < 87.9 || $5 > 89.9) exit 1; found = 1 } END { exit !found }' end || fail "no 8/9"
  run --nodes 1
  awk '$2 == "joins" { if ($5 < 49 || $5 > 51) exit 1; found = 1 } END { exit !found }' out || fail "no share of 1/2"
  run --nodes 100
  awk '$2 == "joins" { if ($5 < 98.5 || $5 > 99.5) exit 1; found = 1 } END { exit !found }' out || fail "not 99%"
  ;;
readable)
  # bars NODES: up to 24 nodes the picture and the report have a bar for each.
  bars() {
    ! grep -q 'class="curve"' quoit-demo.svg || fail "a curve of $1 nodes"
    [ "$(sed -n '/^1\./,/max/p' out | grep -c "^  node-[0-9]* *#")" -eq "$1" ] || fail "not $1 bars"
  }
  # curve NODES: above that, a curve of the sorted loads.
  curve() {
    [ "$(grep -c 'class="curve"' quoit-demo.svg)" -eq 4 ] || fail "not four curves of $1 nodes"
    for value in fullest median emptiest; do
      [ "$(grep -c ">$value<" quoit-demo.svg)" -eq 4 ] || fail "the $value of $1 nodes has no value"
    done
    says "\.\.\. .* nodes with [0-9,]* to [0-9,]* copies"
    [ "$(wc -l <out)" -lt 140 ] || fail "the report of $1 nodes is long"
  }
  # shares NODES: who gave how much to whom, after each step. The shares are of all copies, so they add up to 100.
  shares() {
    [ "$(grep -c ">Who gave how much to whom<" quoit-demo.svg)" -eq 3 ] || fail "not after each step"
    awk '/Who gave/ { if (++step == 2) exit } step == 1 && /t6 ink end.*%</ { split($0, part, /[<>]/); sum += part[3] }
      END { exit !(sum > 99 && sum < 101) }' quoit-demo.svg || fail "the shares of $1 nodes do not add up to 100%"
  }
  # texts NODES: no two texts of a line overlap, for a font as wide as DejaVu Sans.
  texts() {
    sed -n 's/^<text x="\([0-9.]*\)" y="\([0-9.]*\)" class="\([^"]*\)">\([^<]*\)<.*/\2|\1|\3|\4/p' quoit-demo.svg |
      sed 's/→/>/g; s/[…·×]/./g' | awk -F '|' '
        { size = 12
          if ($3 ~ /t1/) size = 28; if ($3 ~ /t2/) size = 18; if ($3 ~ /t3/) size = 14; if ($3 ~ /big/) size = 26
          if ($3 ~ /t5/) size = 10.5; if ($3 ~ /t6/) size = 11
          width = length($4) * size * 0.58
          left = $3 ~ /end/ ? $2 - width : $3 ~ /mid/ ? $2 - width / 2 : $2 + 0
          print $1 "|" left "|" left + width "|" $4 }' | sort -t '|' -k1,1n -k2,2n |
      awk -F '|' '$1 == y && $2 < right - 1 { print "\"" text "\" and \"" $4 "\" at " y; bad = 1 }
        $3 > 1200 || $2 < 0 { print "\"" $4 "\" is outside"; bad = 1 }
        { y = $1; right = $3; text = $4 } END { exit bad }' >err || fail "texts of $1 nodes overlap"
  }
  for nodes in 3 8 24 25 100 1000; do
    run --nodes $nodes
    if [ $nodes -le 24 ]; then bars $nodes; else curve $nodes; fi
    [ $nodes -gt 100 ] || shares $nodes
    texts $nodes
  done
  ;;
picture)
  # The picture goes into the current directory, not into that of the input.
  mkdir elsewhere
  (cd elsewhere && good ../small.tsv)
  [ ! -e quoit-demo.svg ] || fail "the picture is not where the demo ran"
  cp elsewhere/quoit-demo.svg expected.svg
  run small.tsv --picture "a picture.svg"
  # The path is absolute, so that it can be opened from everywhere.
  says "^picture: $PWD/a picture.svg$"
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
  for options in "" "small.tsv --nodes 1" "small.tsv --nodes 100" "small.tsv --replicas 1" \
    "small.tsv --names <a>&\"*2,',c]]>"; do
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
--nodes many|demo: --nodes: 'many' is not a number from 1 to 1000
--nodes 0|demo: --nodes: '0' is not a number from 1 to 1000
--nodes=-1|demo: --nodes: '-1' is not a number from 1 to 1000
--nodes 1001|demo: --nodes: '1001' is not a number from 1 to 1000
--nodes 99999999999999999999|demo: --nodes: '99999999999999999999' is not a number from 1 to 1000
--names a|demo: --names: 1 name, not 2 to 1001; the last one joins the others
--names a,,b|demo: --names: an empty name in 'a,,b'; a comma separates names
--names=|demo: --names: an empty name in ''; a comma separates names
--names '*2,b'|demo: --names: an empty name in '*2,b'; a comma separates names
--names a,b,a*2|demo: --names: 'a' is there twice; each node needs a name of its own
--names 'a*0,b'|demo: --names: '0' is not a number from 1 to 100
--names 'a*101,b'|demo: --names: '101' is not a number from 1 to 100
--names a,b --nodes 3|demo: --nodes: the nodes are given already; one option says which
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
