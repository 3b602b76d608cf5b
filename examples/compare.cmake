# SPDX-License-Identifier: MIT
# Runs a program and compares its output with a file, byte by byte; shows the difference where there is one.
cmake_minimum_required(VERSION 3.23...4.3)

execute_process(COMMAND "${program}" RESULT_VARIABLE result OUTPUT_FILE "${actual}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${program} ended with ${result}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${expected}" "${actual}"
  RESULT_VARIABLE different ERROR_QUIET)
if(different)
  find_program(diff diff)
  if(diff AND EXISTS "${expected}")
    execute_process(COMMAND "${diff}" -u "${expected}" "${actual}")
  else()
    file(READ "${actual}" text)
    message("${text}")
  endif()
  message(FATAL_ERROR "the output is not that of ${expected}; if the new one is right: cp '${actual}' '${expected}'")
endif()
