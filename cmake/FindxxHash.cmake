# SPDX-License-Identifier: MIT
# Finds xxHash and defines xxHash::xxhash: by the config that upstream, vcpkg and Conan install, or else, because
# Debian's package has none, by header and library.
find_package(xxHash CONFIG QUIET)
mark_as_advanced(xxHash_DIR)
include(FindPackageHandleStandardArgs)
if(xxHash_FOUND AND TARGET xxHash::xxhash)
  find_package_handle_standard_args(xxHash CONFIG_MODE)
  return()
endif()

find_path(xxHash_INCLUDE_DIR xxhash.h)
find_library(xxHash_LIBRARY NAMES xxhash)
mark_as_advanced(xxHash_INCLUDE_DIR xxHash_LIBRARY)
find_package_handle_standard_args(xxHash REQUIRED_VARS xxHash_LIBRARY xxHash_INCLUDE_DIR
  REASON_FAILURE_MESSAGE
    "install libxxhash-dev (Debian, Ubuntu), xxhash-devel (Fedora) or xxhash (Homebrew, vcpkg, Conan)")

if(xxHash_FOUND AND NOT TARGET xxHash::xxhash)
  add_library(xxHash::xxhash UNKNOWN IMPORTED)
  set_target_properties(xxHash::xxhash PROPERTIES
    IMPORTED_LOCATION "${xxHash_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${xxHash_INCLUDE_DIR}")
endif()
