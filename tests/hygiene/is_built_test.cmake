# SPDX-License-Identifier: MIT
# Tests tests/is_built.cmake with a program that is missing, that is built, that is older than its sources, and that
# does not compile: cmake -D FOLDER=… -D CXX=… -D NINJA=… -P is_built_test.cmake
cmake_minimum_required(VERSION 3.23...4.3)

function(expect message)
  execute_process(COMMAND "${CMAKE_COMMAND}" -D target=small -D "program=${FOLDER}/build/small"
    -D "build=${FOLDER}/build" -D "ninja=${NINJA}" -P "${CMAKE_CURRENT_LIST_DIR}/../is_built.cmake" RESULT_VARIABLE result ERROR_VARIABLE errors)
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
  if((message STREQUAL "" AND NOT result EQUAL 0) OR (NOT message STREQUAL "" AND result EQUAL 0))
    message(FATAL_ERROR "expected '${message}', but the result is ${result}: ${errors}")
  endif()
  string(FIND "${errors}" "${message}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "expected '${message}', but the message is: ${errors}")
  endif()
endfunction()

function(build result_expected)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${FOLDER}/build" RESULT_VARIABLE result OUTPUT_VARIABLE output)
  if(result AND result_expected STREQUAL "builds")
    message(FATAL_ERROR "${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${FOLDER}")
file(WRITE "${FOLDER}/CMakeLists.txt" "cmake_minimum_required(VERSION 3.23)\nproject(small LANGUAGES CXX)\n"
  "file(GLOB sources CONFIGURE_DEPENDS *.cpp)\nadd_executable(small \${sources})\n")
file(WRITE "${FOLDER}/small.hpp" "")
file(WRITE "${FOLDER}/small.cpp" "#include \"small.hpp\"\nint main() {}\n")
execute_process(COMMAND "${CMAKE_COMMAND}" -G Ninja -S "${FOLDER}" -B "${FOLDER}/build" "-DCMAKE_CXX_COMPILER=${CXX}"
  "-DCMAKE_MAKE_PROGRAM=${NINJA}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

expect("small is not built")
build(builds)
expect("")
execute_process(COMMAND "${CMAKE_COMMAND}" -E sleep 1)  # for file systems with coarse times
file(WRITE "${FOLDER}/small.hpp" "#error\n")
expect("small is older than its sources")
build(fails)
expect("small is older than its sources")
file(WRITE "${FOLDER}/small.hpp" "")
build(builds)
expect("")
