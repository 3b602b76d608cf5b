# SPDX-License-Identifier: MIT
# The last resort for a dependency: download its sources, pinned by hash, and build them in this tree.
include_guard()

set(quoit_xxHash_url https://github.com/Cyan4973/xxHash/archive/refs/tags/v0.8.3.tar.gz)
set(quoit_xxHash_sha256 aae608dfe8213dfd05d909a57718ef82f30722c392344583d3f39050c7f29a80)
set(quoit_xxHash_subdir cmake_unofficial)
set(quoit_xxHash_needs "xxHash 0.8 or newer")
set(quoit_xxHash_packages "libxxhash-dev (Debian, Ubuntu), xxhash-devel (Fedora) or xxhash (Homebrew, vcpkg, Conan)")

set(quoit_Catch2_url https://github.com/catchorg/Catch2/archive/refs/tags/v3.7.1.tar.gz)
set(quoit_Catch2_sha256 c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c)
set(quoit_Catch2_subdir .)
set(quoit_Catch2_needs Catch2)
set(quoit_Catch2_packages "catch2 (Debian, Ubuntu, Homebrew, vcpkg, Conan) or catch-devel (Fedora)")

set(quoit_benchmark_url https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz)
set(quoit_benchmark_sha256 32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981)
set(quoit_benchmark_subdir .)
set(quoit_benchmark_needs "Google Benchmark")
set(quoit_benchmark_packages
  "libbenchmark-dev (Debian, Ubuntu), google-benchmark-devel (Fedora) or google-benchmark (Homebrew)")

# quoit_fetch(<name> [problem]): adds the targets of <name>, and sets <name>_SOURCE_DIR. If that fails, it describes the
# error in the variable <problem>; without such a variable the configuration stops.
function(quoit_fetch name)
  set(needs "quoit needs ${quoit_${name}_needs}")
  if(${name}_too_old)
    string(APPEND needs " (${${name}_too_old})")
  endif()
  string(APPEND needs ": install ${quoit_${name}_packages}")
  if(NOT QUOIT_FETCH_DEPENDENCIES)
    set(problem "${needs}, or set QUOIT_FETCH_DEPENDENCIES=ON to download it.")
  else()
    quoit_download(${name} problem)
    if(problem)
      set(problem "${needs}; the download failed: ${problem}.")
    endif()
  endif()
  if(ARGC GREATER 1)
    set(${ARGV1} "${problem}" PARENT_SCOPE)
  elseif(problem)
    message(FATAL_ERROR " ${problem}")  # the leading space keeps CMake from breaking the line
  endif()
  if(problem)
    return()
  endif()

  include(FetchContent)  # here, because it makes cache variables, which a project without downloads does not need
  # Not CMakeLists.txt's own add_subdirectory: only this way the fetched library is never installed, in any CMake since
  # 3.23.
  FetchContent_Declare(${name} URL "${quoit_archive}" URL_HASH SHA256=${quoit_${name}_sha256}
    SOURCE_SUBDIR no-such-folder)
  FetchContent_MakeAvailable(${name})
  string(TOLOWER ${name} lower)

  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
  set(CMAKE_COMPILE_WARNING_AS_ERROR OFF)
  set(CMAKE_CXX_STANDARD 20)  # Catch2's library must be built with the standard of the tests
  set(BUILD_SHARED_LIBS OFF)
  set(XXHASH_BUILD_XXHSUM OFF)
  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_WERROR OFF)
  set(system)
  if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.25)
    set(system SYSTEM)
  endif()
  add_subdirectory("${${lower}_SOURCE_DIR}/${quoit_${name}_subdir}" "${${lower}_BINARY_DIR}" EXCLUDE_FROM_ALL ${system})
  set(${name}_SOURCE_DIR "${${lower}_SOURCE_DIR}" PARENT_SCOPE)
endfunction()

# Downloads without FetchContent, which reports a missing network with a page of its own log.
function(quoit_download name problem)
  set(${problem} "" PARENT_SCOPE)
  string(TOUPPER ${name} upper)
  set(archive "${CMAKE_BINARY_DIR}/_deps/${name}.tar.gz")
  set(quoit_archive "${archive}" PARENT_SCOPE)
  if(FETCHCONTENT_FULLY_DISCONNECTED OR FETCHCONTENT_SOURCE_DIR_${upper})
    return()
  endif()
  if(EXISTS "${archive}")
    file(SHA256 "${archive}" sha256)
    if(sha256 STREQUAL quoit_${name}_sha256)
      return()
    endif()
  endif()
  message(STATUS "quoit: no ${name} installed, downloading ${quoit_${name}_url}")
  file(DOWNLOAD ${quoit_${name}_url} "${archive}" STATUS status INACTIVITY_TIMEOUT 20)
  list(GET status 0 code)
  if(code)
    list(GET status 1 text)
    string(REPLACE "\"" "" text "${text}")
    file(REMOVE "${archive}")
    set(${problem} "${text}" PARENT_SCOPE)
  endif()
endfunction()
