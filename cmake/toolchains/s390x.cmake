# SPDX-License-Identifier: MIT
# s390x: 64 bits, big-endian.
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(triple s390x-linux-gnu)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
