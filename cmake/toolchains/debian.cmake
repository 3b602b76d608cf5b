# SPDX-License-Identifier: MIT
# What the toolchains beside this file share: Debian's cross compiler for ${triple}, and qemu-user to run its programs.
# qemu refuses a program of any other architecture, so a test that passes did run on the one that it was built for.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_CXX_COMPILER ${triple}-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${CMAKE_SYSTEM_PROCESSOR})

# The emulator need not be told where the architecture's libraries are, and programs start in a fraction of the time.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)

# This machine's own libraries are of no use, and its /usr/include would come before the architecture's.
set(CMAKE_FIND_ROOT_PATH /usr/${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
