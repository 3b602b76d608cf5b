# SPDX-License-Identifier: MIT
# Whether a test program is there, and as new as its sources:
# cmake -D target=NAME -D program=FILE -D build=FOLDER -D ninja=FILE -P is_built.cmake
#
# ctest runs it ahead of the cases of that program. It learns the cases from the program itself: where that does not
# compile there are none to fail, or those of an older program pass. `ninja` is empty with other generators, whose
# programs are only looked for.
#
# Not by building it here: a test that compiles for minutes would hide that the build had failed.
cmake_minimum_required(VERSION 3.23...4.3)

set(hint "so its cases do not count. What the compiler says about it:\n  cmake --build ${build} --target ${target}")
if(NOT EXISTS "${program}")
  message(FATAL_ERROR "${target} is not built, ${hint}")
endif()
if(ninja)
  # Included, as build.ninja itself would first ask whether CMake has to run again, and a dry run ends with that question.
  set(plan "${program}.is_built.ninja")
  file(WRITE "${plan}" "include build.ninja\n")
  execute_process(COMMAND "${ninja}" -C "${build}" -f "${plan}" -n "${target}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${output}")
  endif()
  if(NOT output MATCHES "no work to do")
    message(FATAL_ERROR "${target} is older than its sources, ${hint}\n${output}")
  endif()
endif()
