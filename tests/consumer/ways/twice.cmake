# SPDX-License-Identifier: MIT
# quoit more than once in one build, for example because two dependencies of a project use it.
documented_options()
set(small -Dconsumer_small=ON ${documented})
use("-Dconsumer_quoit=${source}|${source}" ${small})
use("-Dconsumer_quoit=${source}|${version}" ${small})
use("-Dconsumer_quoit=${version}|${source}" ${small})

set(other "${scratch}/another version")
file(REMOVE_RECURSE "${other}")
file(COPY "${source}/CMakeLists.txt" "${source}/cmake" "${source}/include" DESTINATION "${other}")
file(READ "${other}/include/quoit/version.hpp" text)
string(REGEX REPLACE "(QUOIT_VERSION_PATCH) [0-9]+" "\\1 77" text "${text}")
file(WRITE "${other}/include/quoit/version.hpp" "${text}")
string(REGEX REPLACE "[0-9]+$" "77" patch "${version}")
foreach(first IN ITEMS "${source}" "${version}")
  refused("quoit: this build has version ${version} already, and ${other} is ${patch}. Let all that use quoit use one."
    "-Dconsumer_quoit=${first}|${other}" ${small})
endforeach()
