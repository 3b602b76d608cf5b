# SPDX-License-Identifier: MIT
# Windows on x86-64: a long of 32 bits, another C library and other threads. Built with Debian's MinGW-w64, run by Wine.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triple x86_64-w64-mingw32)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_CXX_COMPILER ${triple}-g++-posix)  # the other one, -win32, has no std::thread

# Wine keeps what it takes for a disk in the build folder, and makes it when it runs for the first time. It needs no display
# and must not offer downloads or write into the menus of a desktop.
find_program(quoit_wine NAMES wine64 wine PATHS /usr/lib/wine REQUIRED)
mark_as_advanced(quoit_wine)
set(CMAKE_CROSSCOMPILING_EMULATOR env -u DISPLAY "WINEPREFIX=${CMAKE_BINARY_DIR}/wine" WINEDEBUG=-all
  WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe= "${quoit_wine}")
