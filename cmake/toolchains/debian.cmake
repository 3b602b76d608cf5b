# SPDX-License-Identifier: MIT
# The common part of the toolchains in this folder: Debian's cross compiler for ${triple}, and qemu-user to run its
# programs. qemu refuses programs of other architectures, so a test that passes did run on its own architecture.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_CXX_COMPILER ${triple}-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${CMAKE_SYSTEM_PROCESSOR})

# With static programs, the emulator does not need the architecture's libraries, and programs start much faster.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)

# This machine's own libraries cannot be used, and its /usr/include would come before the architecture's.
set(CMAKE_FIND_ROOT_PATH /usr/${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
