# SPDX-License-Identifier: MIT
# Another version of an installed quoit, and a component that is not installed.
string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" major_minor "${version}")
math(EXPR next_minor "${CMAKE_MATCH_2} + 1")
set(advice "ask for ${major_minor}, or install the version that was asked for")
foreach(wanted IN ITEMS 9.9 "${CMAKE_MATCH_1}.${next_minor}" "${version}.1")
  refused("requested version \"${wanted}\"" -Dconsumer_quoit=${wanted})
  if(NOT output MATCHES "quoitConfig.cmake, version: ${version} \\(${advice}\\)\n")
    message(FATAL_ERROR "refused, but without the available version and advice:\n${output}")
  endif()
endforeach()

# A range takes every version in it, of any minor version.
refused("requested version range \"0.0...<${version}\"" "-Dconsumer_quoit=0.0...<${version}")
refused("requested version range \"${version}.1...99\"" "-Dconsumer_quoit=${version}.1...99")
foreach(range IN ITEMS "0.0...<99" "${major_minor}...${version}")
  configure_command("${project}")
  run(${configure} "-Dconsumer_quoit=${range}" -Dconsumer_small=ON)
endforeach()

refused("quoit ${version} has no component 'nonsense': find_package(quoit) without COMPONENTS gives all of it."
  "-Dconsumer_quoit=${version}" -Dconsumer_arguments=COMPONENTS|nonsense)
use("-Dconsumer_quoit=${version}" -Dconsumer_arguments=OPTIONAL_COMPONENTS|nonsense -Dconsumer_small=ON)

# Not refused: 32 bits and 64, for any machine on which the headers were installed.
foreach(bytes IN ITEMS 4 8)
  configure_command("${project}")
  run(${configure} -Dconsumer_quoit=${version} -Dconsumer_small=ON -Dconsumer_pointer=${bytes})
endforeach()
