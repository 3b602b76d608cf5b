# SPDX-License-Identifier: MIT
# 32-bit x86: no 128-bit integer, a size_t of 32 bits, and other alignments.
set(CMAKE_SYSTEM_PROCESSOR i386)
set(triple i686-linux-gnu)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
