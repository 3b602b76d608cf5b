# SPDX-License-Identifier: MIT
# Runs the command after `--`, which compiles one case, and checks the outcome: `ok` must compile, `error` must fail with
# the expected message.
cmake_minimum_required(VERSION 3.23...4.3)

set(command "")
set(is_command OFF)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(is_command)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(is_command ON)
  endif()
endforeach()

execute_process(COMMAND ${command}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)

if(kind STREQUAL "ok")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${source} does not compile even without QUOIT_EXPECT_ERROR:\n${output}")
  endif()
  return()
endif()

if(result EQUAL 0)
  message(FATAL_ERROR "${source} compiles with QUOIT_EXPECT_ERROR, but must not")
endif()
# Only messages count, not the source lines and the command in the output. A deleted member is an exception: before
# C++26 its advice is not in the message, but in the line of its declaration, which compilers print below the message.
string(REGEX MATCHALL "[^\n]*(error|note)( [A-Z]+[0-9]+)?:[^\n]*" messages "${output}")
string(REGEX MATCHALL "QUOIT_DETAIL_TEMPORARY\\(\"[^\"\n]*\"\\)" advice "${output}")
list(APPEND messages ${advice})
file(STRINGS "${source}" expect REGEX "^// expect: .")
string(REGEX REPLACE "^// expect: " "" expect "${expect}")
if(NOT "${messages}" MATCHES "${expect}")
  message(FATAL_ERROR "${source} fails, but no message matches: ${expect}\n${output}")
endif()
