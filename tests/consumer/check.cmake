# SPDX-License-Identifier: MIT
# Tests one way to use quoit, from scratch: ways/${way}.cmake.
cmake_minimum_required(VERSION 3.23...4.3)
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/ways/${way}.cmake")
