# SPDX-License-Identifier: MIT
# Stops the configuration if a list of files and the folder disagree. Without this check, a forgotten line would leave a
# header uninstalled, or a test out.
include_guard()

# quoit_check_list("<listed files>" <pattern>...): paths and patterns are relative to the current source directory.
function(quoit_check_list listed)
  list(TRANSFORM ARGN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  file(GLOB present CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" ${ARGN})
  foreach(file IN LISTS listed)
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    list(REMOVE_ITEM present "${file}")
  endforeach()
  if(present)
    list(JOIN present ", " present)
    message(FATAL_ERROR " quoit: add to the list in ${CMAKE_CURRENT_SOURCE_DIR}/CMakeLists.txt: ${present}")
  endif()
endfunction()
