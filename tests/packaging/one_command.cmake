# SPDX-License-Identifier: MIT
# Runs the README's one command, word for word except for the compiler, in a folder with its first program and the
# clone's include/. Given: source, scratch, compiler.
cmake_minimum_required(VERSION 3.23...4.3)
include("${CMAKE_CURRENT_LIST_DIR}/../readme/blocks.cmake")

quoit_read_page(page "${source}/README.md")
if(NOT page_prose MATCHES "`g\\+\\+ ([^`\n]*program\\.cpp[^`\n]*)`")
  message(FATAL_ERROR "README.md has no command that compiles program.cpp")
endif()
separate_arguments(arguments UNIX_COMMAND "${CMAKE_MATCH_1}")

file(REMOVE_RECURSE "${scratch}")
file(WRITE "${scratch}/program.cpp" "${page_body_0}")
file(CREATE_LINK "${source}/include" "${scratch}/include" SYMBOLIC)
execute_process(COMMAND "${compiler}" ${arguments} WORKING_DIRECTORY "${scratch}" RESULT_VARIABLE result
  ERROR_VARIABLE errors)
if(NOT result EQUAL 0 OR NOT errors STREQUAL "")
  message(FATAL_ERROR "${compiler} ${CMAKE_MATCH_1} ends with ${result}: ${errors}")
endif()
execute_process(COMMAND "${scratch}/a.out" OUTPUT_VARIABLE output RESULT_VARIABLE result)
if(NOT result EQUAL 0 OR NOT output STREQUAL "${page_body_1}")
  message(FATAL_ERROR "the program ends with ${result} and prints\n${output}\nbut the README shows\n${page_body_1}")
endif()
