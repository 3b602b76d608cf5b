# SPDX-License-Identifier: MIT
# The messages of CMake if something that quoit needs is missing or too old.
set(nowhere -DxxHash_LIBRARY=xxHash_LIBRARY-NOTFOUND -DCMAKE_DISABLE_FIND_PACKAGE_xxHash=ON)
set(install "install libxxhash-dev (Debian, Ubuntu), xxhash-devel (Fedora) or xxhash (Homebrew, vcpkg, Conan)")

refused("Reason given by package: quoit needs xxHash 0.8 or newer: ${install}, or name its folder in \
CMAKE_PREFIX_PATH. A project that builds xxHash itself adds it, as target xxHash::xxhash, before find_package(quoit)."
  -Dconsumer_quoit=${version} ${nowhere})
refused("quoit needs xxHash 0.8 or newer: ${install}, or set QUOIT_FETCH_DEPENDENCIES=ON to download it."
  "-Dconsumer_quoit=${source}" ${nowhere})
# Not an error for a project that works without quoit; the project is left unchanged.
configure_command("${project}")
run(${configure} -Dconsumer_quoit=${version} ${nowhere} -Dconsumer_optional=ON -Dconsumer_arguments=QUIET)
if(NOT output MATCHES "the consumer works without quoit" OR output MATCHES "CMake [A-Za-z ]*(Error|Warning)")
  message(FATAL_ERROR "a project that does not require quoit gets this output:\n${output}")
endif()

# Too old: with and without a config.
set(old "${scratch}/missing xxHash 0.7")
make_xxhash_config("${old}" 0.7.3)
file(WRITE "${old}/include/xxhash.h" [[
#define XXH_VERSION_MAJOR    0
#define XXH_VERSION_MINOR    7
#define XXH_VERSION_RELEASE  4
#define XXH_VERSION_NUMBER  704
]])
foreach(quoit IN ITEMS "${version}" "${source}")
  set(config "${old}/lib/cmake/xxHash/xxHashConfig.cmake")
  refused("quoit needs xxHash 0.8 or newer (0.7.3, in ${config}, is too old): ${install}, or "
    "-Dconsumer_quoit=${quoit}" "-DxxHash_ROOT=${old}")
  refused("quoit needs xxHash 0.8 or newer (0.7.4, in ${old}/include/xxhash.h, is too old): ${install}, or "
    "-Dconsumer_quoit=${quoit}" "-DxxHash_INCLUDE_DIR=${old}/include")
endforeach()

# A CMake that is too old, as the package itself detects it. consumer.old_cmake uses real ones.
refused("quoit needs CMake 3.23 or newer, and this is 3.22.6." -Dconsumer_quoit=${version} -Dconsumer_cmake=3.22.6)
