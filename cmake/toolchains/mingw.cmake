# SPDX-License-Identifier: MIT
# Windows on x86-64: a long of 32 bits, another C library and other threads. Uses Debian's MinGW-w64 and Wine.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triple x86_64-w64-mingw32)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_CXX_COMPILER ${triple}-g++-posix)  # the other variant, -win32, has no std::thread

# The preset `mingw` inlines small functions. ld sorts sections by insertion, and each inline function has three
# sections, so at -O0 one link of the tests takes minutes.

set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/wine.sh" "${CMAKE_BINARY_DIR}/wine")
