# SPDX-License-Identifier: MIT
# The install rules: headers, a CMake package and a pkg-config file, all of them independent of the architecture.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(QUOIT_INSTALL_CMAKEDIR "${CMAKE_INSTALL_DATADIR}/cmake/quoit" CACHE STRING "Where the CMake package goes")
mark_as_advanced(QUOIT_INSTALL_CMAKEDIR)

# CMake would also put the prefix before an absolute folder of a file set, and the targets would name a missing folder.
set(quoit_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
if(IS_ABSOLUTE "${quoit_includedir}")
  file(RELATIVE_PATH quoit_includedir "${CMAKE_INSTALL_PREFIX}" "${quoit_includedir}")
endif()
install(TARGETS quoit quoit_inline_xxhash EXPORT quoitTargets
  FILE_SET HEADERS DESTINATION "${quoit_includedir}" COMPONENT quoit_Development)
install(EXPORT quoitTargets NAMESPACE quoit:: DESTINATION "${QUOIT_INSTALL_CMAKEDIR}" COMPONENT quoit_Development)

# An export of its own: a consumer's CMake without modules must not read it. The library depends on the architecture,
# but each consumer compiles the interface again, with its own flags.
if(QUOIT_BUILD_MODULE)
  install(TARGETS quoit_module EXPORT quoitModuleTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT quoit_Development
    FILE_SET quoit_module DESTINATION "${CMAKE_INSTALL_DATADIR}/quoit/module" COMPONENT quoit_Development)
  install(EXPORT quoitModuleTargets NAMESPACE quoit:: DESTINATION "${QUOIT_INSTALL_CMAKEDIR}"
    CXX_MODULES_DIRECTORY module COMPONENT quoit_Development)
endif()

configure_package_config_file(cmake/quoitConfig.cmake.in "${PROJECT_BINARY_DIR}/quoitConfig.cmake"
  INSTALL_DESTINATION "${QUOIT_INSTALL_CMAKEDIR}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
configure_file(cmake/quoitConfigVersion.cmake.in "${PROJECT_BINARY_DIR}/quoitConfigVersion.cmake" @ONLY)
install(
  FILES
    "${PROJECT_BINARY_DIR}/quoitConfig.cmake"
    "${PROJECT_BINARY_DIR}/quoitConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/FindxxHash.cmake"
  DESTINATION "${QUOIT_INSTALL_CMAKEDIR}" COMPONENT quoit_Development)

# The build tree is a package as well: -Dquoit_DIR=<build tree>, without an installation.
export(EXPORT quoitTargets NAMESPACE quoit:: FILE "${PROJECT_BINARY_DIR}/quoitTargets.cmake")
configure_file(cmake/FindxxHash.cmake "${PROJECT_BINARY_DIR}/FindxxHash.cmake" COPYONLY)
if(QUOIT_BUILD_MODULE)
  export(EXPORT quoitModuleTargets NAMESPACE quoit:: FILE "${PROJECT_BINARY_DIR}/quoitModuleTargets.cmake"
    CXX_MODULES_DIRECTORY module)
endif()

# The prefix is written relative to the .pc file, so that an installed tree may be moved.
set(quoit_pc_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
if(IS_ABSOLUTE "${quoit_pc_dir}")
  set(quoit_pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH quoit_pc_prefix "/prefix/${quoit_pc_dir}" /prefix)
  string(REGEX REPLACE "/$" "" quoit_pc_prefix "\${pcfiledir}/${quoit_pc_prefix}")
endif()
set(quoit_pc_includedir "\${prefix}")
cmake_path(APPEND quoit_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
configure_file(cmake/quoit.pc.in "${PROJECT_BINARY_DIR}/quoit.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/quoit.pc" DESTINATION "${quoit_pc_dir}" COMPONENT quoit_Development)

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/quoit"
  COMPONENT quoit_Development)
