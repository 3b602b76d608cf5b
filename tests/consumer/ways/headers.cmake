# SPDX-License-Identifier: MIT
# The messages of a compiler, without CMake, if something that quoit needs is missing or too old.
if(NOT compiler_id MATCHES "GNU|Clang" OR compiler MATCHES "cl(.exe)?$")
  message("skipped: the options of this compiler are not known here")
  return()
endif()
file(MAKE_DIRECTORY "${scratch}")

# says("<message>" <header> <argument of the compiler>...): one error, which ends the compilation, and nothing else.
function(says message header)
  file(WRITE "${scratch}/${way}.cpp" "#include <${header}>\n")
  execute_process(COMMAND "${compiler}" "-I${source}/include" ${ARGN} "${scratch}/${way}.cpp"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX MATCHALL "(^|\n)[^\n]*(error|warning): [^\n]*" complaints "${output}")
  list(LENGTH complaints count)
  list(GET complaints 0 first)
  if(result EQUAL 0 OR NOT count EQUAL 2 OR NOT first MATCHES "error: " OR NOT output MATCHES "fatal error: ")
    message(FATAL_ERROR "<${header}> with ${ARGN}: ${count} complaints\n${output}")
  endif()
  string(FIND "${first}" "${message}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "<${header}> with ${ARGN} does not say first: ${message}\n${output}")
  endif()
endfunction()

file(GLOB headers RELATIVE "${source}/include" "${source}/include/quoit/*.hpp")
foreach(header IN LISTS headers)
  # g++ reads a file to its end before it compiles it. clang does not, and takes a second for the part that it has read.
  set(how -fsyntax-only)
  if(compiler_id MATCHES "Clang" AND NOT header MATCHES "quoit/(quoit|ring|slot_table).hpp")
    set(how -E -o "${scratch}/${way}.i")
  endif()
  says("quoit needs C++20: compile with -std=c++20 (MSVC: /std:c++20) or newer" ${header} -std=c++17 ${how})
endforeach()

# Visual C++ has a macro of its own for the value that __cplusplus has elsewhere.
says("quoit needs C++20" quoit/ring.hpp -std=c++20 -fsyntax-only -D_MSVC_LANG=201703L)

# An xxhash.h that hides every other; and none at all, which needs a redefined __has_include.
file(WRITE "${scratch}/${way}/xxhash.h" "#define XXH_VERSION_NUMBER 703\n")
says("quoit needs xxHash 0.8 or newer, and xxhash.h is older"
  quoit/ring.hpp -std=c++20 -fsyntax-only "-I${scratch}/${way}")
file(WRITE "${scratch}/${way}/none.hpp" "#define __has_include(header) 0\n")
says("quoit needs xxhash.h: install libxxhash-dev (Debian), xxhash-devel (Fedora) or xxhash (Homebrew, vcpkg, Conan)"
  quoit/ring.hpp -std=c++20 -fsyntax-only -w -include "${scratch}/${way}/none.hpp")
