# SPDX-License-Identifier: MIT
# The target quoit::module, for `import quoit;`. Tools that cannot build a module are refused here by one message, and
# not by CMake or the compiler in the middle of a build.

# quoit_refuse_module(<what is wrong and what to do>)
function(quoit_refuse_module)
  list(JOIN ARGN " " reason)
  message(FATAL_ERROR " quoit: QUOIT_BUILD_MODULE=ON: ${reason}\n"
    " Or leave the option OFF: #include <quoit/quoit.hpp> needs nothing of this.")
endfunction()

if(CMAKE_VERSION VERSION_LESS 3.28)
  quoit_refuse_module("a C++20 module needs CMake 3.28 or newer, and this is ${CMAKE_VERSION}."
    "A newer one can be had with `pip install cmake`.")
endif()
if(NOT CMAKE_GENERATOR MATCHES "Ninja|Visual Studio")
  quoit_refuse_module("CMake builds C++20 modules with Ninja or Visual Studio, and the generator is"
    "${CMAKE_GENERATOR}. Configure with -G Ninja in a new build folder.")
endif()
set(quoit_module_compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
if(NOT (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 16)
    AND NOT (CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 14)
    AND NOT (CMAKE_CXX_COMPILER_ID STREQUAL "MSVC" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19.34))
  quoit_refuse_module("CMake builds C++20 modules with clang 16, g++ 14, Visual C++ 19.34 or newer, and the compiler is"
    "${quoit_module_compiler}. Name another with -DCMAKE_CXX_COMPILER=clang++-19 in a new build folder.")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT CMAKE_CXX_COMPILER_CLANG_SCAN_DEPS)
  string(REGEX MATCH "^[0-9]+" quoit_module_version "${CMAKE_CXX_COMPILER_VERSION}")
  quoit_refuse_module("CMake has found no clang-scan-deps for ${quoit_module_compiler}. Install it (Debian:"
    "clang-tools-${quoit_module_version}) and configure a new build folder.")
endif()

# A library, because a module has an initialiser, which each importer calls. No other part of quoit is compiled.
add_library(quoit_module STATIC)
add_library(quoit::module ALIAS quoit_module)
set_target_properties(quoit_module PROPERTIES EXPORT_NAME module CXX_SCAN_FOR_MODULES ON)
target_sources(quoit_module PUBLIC FILE_SET quoit_module TYPE CXX_MODULES BASE_DIRS "${PROJECT_SOURCE_DIR}/module"
  FILES "${PROJECT_SOURCE_DIR}/module/quoit.cppm")
target_link_libraries(quoit_module PUBLIC quoit)
