# SPDX-License-Identifier: MIT
# AArch64: another instruction set, an unsigned char, and weaker memory ordering.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triple aarch64-linux-gnu)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
