# SPDX-License-Identifier: MIT
# Checks that a test program exists, and is as new as its sources:
# cmake -D target=NAME -D program=FILE -D build=FOLDER -D ninja=FILE -P is_built.cmake
#
# ctest runs it before the cases of that program. ctest gets the cases from the program itself. If the program does not
# compile, there are no cases that could fail, or those of an older program pass. `ninja` is empty with other
# generators; then only the existence of the program is checked.
#
# Rejected: to build the program here. A test that compiles for minutes would hide that the build had failed.
cmake_minimum_required(VERSION 3.23...4.3)

set(hint "so its cases do not count. To see the errors:\n  cmake --build ${build} --target ${target}")
if(NOT EXISTS "${program}")
  message(FATAL_ERROR "${target} is not built, ${hint}")
endif()
if(ninja)
  # Includes build.ninja. Directly, it would first check whether CMake must run again, and a dry run ends with that
  # check.
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
