#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a program for Windows with Wine, without a display: wine.sh FOLDER PROGRAM [ARGUMENT]...
# FOLDER is the disk of Wine (700 MB). The first run makes it. It should be in a build folder.
set -eu
PATH=$PATH:/usr/lib/wine  # Debian's folder for Wine's programs
WINEPREFIX=$1
WINEDEBUG=-all
WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=  # no offers to download, no entries in desktop menus
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
unset DISPLAY
shift

run=wine
! command -v wine64 >/dev/null || run=wine64
server=wineserver
! command -v wineserver64 >/dev/null || server=wineserver64

# Debian's Wine ends its server as soon as no program runs, and a program that starts at that moment ends with it. The
# server that is started here waits for ten seconds. If there is a server already, the new one ends. Services keep the
# standard output of the program that started them, and its reader would wait for them. So wineboot starts them, without
# standard output.
if $server -p10; then $run wineboot; fi </dev/null >/dev/null 2>&1
exec $run "$@"
