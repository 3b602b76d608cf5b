# SPDX-License-Identifier: MIT
# Runs a program and compares its output with a file; shows the difference where there is one. With -D picture=FILE the
# program is given a path to write a picture to, and that is compared with FILE as well. Only the ends of lines may differ,
# which are another two bytes on Windows.
cmake_minimum_required(VERSION 3.23...4.3)

function(compare what wanted found)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files --ignore-eol "${wanted}" "${found}"
    RESULT_VARIABLE different ERROR_QUIET)
  if(different)
    find_program(diff diff)
    if(diff AND EXISTS "${wanted}")
      execute_process(COMMAND "${diff}" -u "${wanted}" "${found}")
    else()
      file(READ "${found}" text)
      message("${text}")
    endif()
    message(FATAL_ERROR "the ${what} is not that of ${wanted}; if the new one is right: cp '${found}' '${wanted}'")
  endif()
endfunction()

set(arguments "")
if(DEFINED picture)
  set(arguments "${actual}.svg")
  file(REMOVE "${arguments}")
endif()
execute_process(COMMAND "${program}" ${arguments} RESULT_VARIABLE result OUTPUT_FILE "${actual}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${program} ended with ${result}")
endif()
compare("output" "${expected}" "${actual}")
if(DEFINED picture)
  compare("picture" "${picture}" "${actual}.svg")
endif()
