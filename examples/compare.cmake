# SPDX-License-Identifier: MIT
# Runs a program and compares its output with a file, byte for byte; shows a difference. With -D picture=FILE, the
# program gets a path for a picture, and the picture is compared with FILE. With -D times=ON, numbers of milliseconds
# count as 0.0, and the path of a picture as its name.
#
# A program for Windows ends the lines of its standard output with CR and LF. These count as LF in the output, but not
# in the picture.
cmake_minimum_required(VERSION 3.23...4.3)

function(compare what wanted found)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${wanted}" "${found}"
    RESULT_VARIABLE different ERROR_QUIET)
  if(different)
    find_program(diff diff)
    if(diff AND EXISTS "${wanted}")
      execute_process(COMMAND "${diff}" -u "${wanted}" "${found}")
    else()
      file(READ "${found}" text)
      message("${text}")
    endif()
    message(FATAL_ERROR "the ${what} differs from ${wanted}; if the new one is right: cp '${found}' '${wanted}'")
  endif()
endfunction()

set(arguments "")
if(DEFINED picture)
  set(arguments "${actual}.svg")
  file(REMOVE "${arguments}")
endif()
# A list if an emulator runs the program.
execute_process(COMMAND ${program} ${arguments} RESULT_VARIABLE result OUTPUT_FILE "${actual}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${program} ended with ${result}")
endif()
if(times OR program MATCHES "[.]exe$")
  file(READ "${actual}" text)
  string(REPLACE "\r\n" "\n" text "${text}")
  if(times)
    string(REGEX REPLACE "[0-9.]+ ms" "0.0 ms" text "${text}")
    string(REGEX REPLACE "picture: [^\n]*[/\\\\]" "picture: " text "${text}")
  endif()
  file(CONFIGURE OUTPUT "${actual}" CONTENT "${text}" @ONLY NEWLINE_STYLE LF)
endif()
compare("output" "${expected}" "${actual}")
if(DEFINED picture)
  compare("picture" "${picture}" "${actual}.svg")
endif()
