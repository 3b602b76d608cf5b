# SPDX-License-Identifier: MIT
# What the ways of using quoit share: the consumer is configured, built, tested and installed, or refused with one
# error. Given: way, scratch, generator, compiler, options, source, version; the paths contain spaces on purpose.
include_guard()

set(project "${CMAKE_CURRENT_LIST_DIR}/project")
set(build "${scratch}/${way} build")
set(destination "${scratch}/${way} prefix")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# configure_command(<source>): removes an earlier configuration, and sets `configure`.
macro(configure_command folder)
  file(REMOVE_RECURSE "${build}")
  set(configure "${CMAKE_COMMAND}" -S "${folder}" -B "${build}" -G "${generator}" "-DCMAKE_CXX_COMPILER=${compiler}"
    -DCMAKE_BUILD_TYPE=Debug -Dconsumer_strict=ON ${options})
endmacro()

# Builds, tests and installs the project, and leaves the installed files, relative to the prefix, in `installed`.
macro(use)
  file(REMOVE_RECURSE "${destination}")
  configure_command("${project}")
  run(${configure} "-DCMAKE_INSTALL_PREFIX=${destination}" ${ARGN})
  if(output MATCHES "CMake [A-Za-z ]*Warning")
    message(FATAL_ERROR "warnings for a user of quoit:\n${output}")
  endif()
  run("${CMAKE_COMMAND}" --build "${build}" --config Debug)
  run("${CMAKE_CTEST_COMMAND}" --test-dir "${build}" -C Debug --output-on-failure)
  if(NOT output MATCHES "100% tests passed[^\n]* out of 2\n")
    message(FATAL_ERROR "the consumer did not run exactly its two tests:\n${output}")
  endif()
  run("${CMAKE_COMMAND}" --install "${build}" --config Debug)
  file(GLOB_RECURSE installed RELATIVE "${destination}" "${destination}/*")
endmacro()

# refused("<message>" <argument>...): the configuration of the project must fail, with one error that has the message.
macro(refused message)
  configure_command("${project}")
  execute_process(COMMAND ${configure} ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  one_error("${message}")
endmacro()

# one_error("<message>"): checks `result` and `output` of a configuration.
function(one_error message)
  if(result EQUAL 0)
    message(FATAL_ERROR "not refused, but the error should be: ${message}\n${output}")
  endif()
  string(REGEX MATCHALL "CMake [A-Za-z ]*(Error|Warning)" complaints "${output}")
  string(REGEX REPLACE "[ \n]+" " " flat "${output}")
  string(FIND "${flat}" "${message}" position)
  list(LENGTH complaints count)
  if(position EQUAL -1 OR NOT count EQUAL 1)
    message(FATAL_ERROR "refused with ${count} messages, but the only one should be: ${message}\n${output}")
  endif()
endfunction()

# found(<variable> <value>): the value that the consumer's cache must have.
function(found variable value)
  file(STRINGS "${build}/CMakeCache.txt" line REGEX "^${variable}:")
  if(NOT line STREQUAL "${variable}:PATH=${value}")
    message(FATAL_ERROR "the consumer should have found ${value}: ${line}")
  endif()
endfunction()

# install_quoit(<prefix> <argument of the configuration>...)
function(install_quoit prefix)
  set(quoit_build "${scratch}/${way} quoit")
  configure_quoit("${quoit_build}" "-DCMAKE_INSTALL_PREFIX=${prefix}" ${ARGN})
  file(REMOVE_RECURSE "${prefix}")
  run("${CMAKE_COMMAND}" --install "${quoit_build}" --config Debug)
endfunction()

# configure_quoit(<build folder> <argument>...)
function(configure_quoit quoit_build)
  file(REMOVE_RECURSE "${quoit_build}")
  run("${CMAKE_COMMAND}" -S "${source}" -B "${quoit_build}" -G "${generator}" "-DCMAKE_CXX_COMPILER=${compiler}"
    -DQUOIT_BUILD_TESTS=OFF -DQUOIT_BUILD_EXAMPLES=OFF ${options} ${ARGN})
endfunction()

# make_xxhash_config(<prefix> <version>): imitates an xxHash that its own CMake installed, with a config for the real
# library.
function(make_xxhash_config prefix xxhash_version)
  set(folder "${prefix}/lib/cmake/xxHash")
  file(REMOVE_RECURSE "${prefix}")
  file(WRITE "${folder}/xxHashConfig.cmake" [[
find_path(xxHash_config_include xxhash.h HINTS ${xxHash_INCLUDE_DIR} REQUIRED)
find_library(xxHash_config_library xxhash HINTS ${xxHash_LIBRARY} REQUIRED)
add_library(xxHash::xxhash UNKNOWN IMPORTED)
set_target_properties(xxHash::xxhash PROPERTIES IMPORTED_LOCATION "${xxHash_config_library}"
  INTERFACE_INCLUDE_DIRECTORIES "${xxHash_config_include}")
]])
  file(WRITE "${folder}/xxHashConfigVersion.cmake" "set(PACKAGE_VERSION ${xxhash_version})
if(PACKAGE_VERSION VERSION_GREATER_EQUAL PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE ON)
endif()
")
endfunction()

# the_same("<what>" "<actual>" "<wanted>")
function(the_same what actual wanted)
  if(NOT actual STREQUAL wanted)
    message(FATAL_ERROR "${what} is '${actual}' and should be '${wanted}'")
  endif()
endfunction()

# Sets `documented` to the argument that tells the consumer the options that the page for users names.
macro(documented_options)
  file(STRINGS "${source}/docs/add-to-a-project.md" lines REGEX "^\\| `QUOIT_")
  string(REGEX MATCHALL "QUOIT_[A-Z_]+" documented "${lines}")
  list(JOIN documented "|" documented)
  set(documented "-Dconsumer_documented=${documented}")
endmacro()
