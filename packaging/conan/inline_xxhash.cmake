# SPDX-License-Identifier: MIT
# The target quoit::inline_xxhash, for users of the Conan package; CMakeLists.txt explains its purpose.
if(NOT TARGET quoit::inline_xxhash)
  add_library(quoit::inline_xxhash INTERFACE IMPORTED)
  set_target_properties(quoit::inline_xxhash PROPERTIES
    INTERFACE_COMPILE_DEFINITIONS XXH_INLINE_ALL
    INTERFACE_LINK_LIBRARIES quoit::quoit)
endif()
