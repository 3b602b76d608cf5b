# SPDX-License-Identifier: MIT
# For tests that are built for another architecture. Its C++ library can be installed, but neither xxHash nor Catch2.
# The headers of both from this machine are enough.
include_guard()

# quoit_use_host_header(<target> <include folder> <name>): gives the target an include folder of the build tree that
# contains only a link to <name>. /usr/include itself would add the C library of this machine.
function(quoit_use_host_header target folder name)
  string(MAKE_C_IDENTIFIER ${target} own)
  set(own "${CMAKE_BINARY_DIR}/host_headers/${own}")
  file(MAKE_DIRECTORY "${own}")
  file(CREATE_LINK "${folder}/${name}" "${own}/${name}" SYMBOLIC)
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${own}")
endfunction()

# Defines xxHash::xxhash without a library to link, if this machine has the header.
function(quoit_use_host_xxhash)
  find_path(quoit_host_xxhash_dir xxhash.h NO_CMAKE_FIND_ROOT_PATH)
  mark_as_advanced(quoit_host_xxhash_dir)
  if(quoit_host_xxhash_dir)
    add_library(xxHash::xxhash INTERFACE IMPORTED GLOBAL)
    quoit_use_host_header(xxHash::xxhash "${quoit_host_xxhash_dir}" xxhash.h)
    # As quoit::inline_xxhash does. There is no library to link here, so every test needs it.
    target_compile_definitions(xxHash::xxhash INTERFACE XXH_INLINE_ALL)
  endif()
endfunction()

# Does the work of find_package(Catch2), if this machine has version 2; version 3 is a library. find_package itself
# would cache the folder, and the next configuration would use this machine's targets.
macro(quoit_use_host_catch2)
  find_path(quoit_host_catch2_dir catch2/catch.hpp NO_CMAKE_FIND_ROOT_PATH)
  find_path(quoit_host_catch2_modules Catch.cmake HINTS "${quoit_host_catch2_dir}/.."
    PATH_SUFFIXES lib/cmake/Catch2 lib64/cmake/Catch2 NO_CMAKE_FIND_ROOT_PATH)
  mark_as_advanced(quoit_host_catch2_dir quoit_host_catch2_modules)
  if(quoit_host_catch2_dir AND quoit_host_catch2_modules)
    add_library(Catch2::Catch2 INTERFACE IMPORTED)
    quoit_use_host_header(Catch2::Catch2 "${quoit_host_catch2_dir}" catch2)
    list(APPEND CMAKE_MODULE_PATH "${quoit_host_catch2_modules}")
    set(Catch2_FOUND ON)
    set(Catch2_VERSION 2)
  endif()
endmacro()
