#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a program for Windows with Wine, without a display: wine.sh FOLDER PROGRAM [ARGUMENT]...
# FOLDER is what Wine keeps as its disk (700 MB); the first run makes it. Keep it in a build folder.
set -eu
PATH=$PATH:/usr/lib/wine  # where Debian has them
WINEPREFIX=$1
WINEDEBUG=-all
WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=  # no offers to download, nothing in the menus of a desktop
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
unset DISPLAY
shift

run=wine
! command -v wine64 >/dev/null || run=wine64
server=wineserver
! command -v wineserver64 >/dev/null || server=wineserver64

# Debian's Wine ends its server as soon as no program runs, and a program that starts in that moment ends with it. This
# server waits for ten seconds. A second one sees the first, and ends. Services keep the standard output of the program that
# they were started for, so that a reader would wait for them: they are started for one without.
if $server -p10; then $run wineboot; fi </dev/null >/dev/null 2>&1
exec $run "$@"
