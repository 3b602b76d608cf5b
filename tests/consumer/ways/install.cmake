# SPDX-License-Identifier: MIT
# Installs quoit from its build tree, for the tests that use an installed quoit.
file(REMOVE_RECURSE "${prefix}")
run("${CMAKE_COMMAND}" --install "${quoit_build}" --config "${config}" --prefix "${prefix}"
  --component quoit_Development)
foreach(path IN ITEMS include/quoit/quoit.hpp share/cmake/quoit/quoitConfig.cmake share/pkgconfig/quoit.pc)
  if(NOT EXISTS "${prefix}/${path}")
    message(FATAL_ERROR "not installed: ${path}\n${output}")
  endif()
endforeach()
