# SPDX-License-Identifier: MIT
# An installed tree that was moved; one that was staged with DESTDIR; folders with other names, also absolute ones.
set(small -Dconsumer_quoit=${version} -Dconsumer_small=ON)
set(first "${scratch}/moved from")
set(then "${scratch}/moved to")
install_quoit("${first}")
file(REMOVE_RECURSE "${then}")
file(RENAME "${first}" "${then}")
use(${small} "-DCMAKE_PREFIX_PATH=${then}")
found(quoit_DIR "${then}/share/cmake/quoit")

if(UNIX)  # on Windows, a path with a drive cannot follow DESTDIR
  set(stage "${scratch}/moved stage")
  file(REMOVE_RECURSE "${stage}")
  set(ENV{DESTDIR} "${stage}")
  install_quoit(/opt/quoit)
  unset(ENV{DESTDIR})
  use(${small} "-DCMAKE_PREFIX_PATH=${stage}/opt/quoit")
  found(quoit_DIR "${stage}/opt/quoit/share/cmake/quoit")
endif()

set(to "${scratch}/moved absolute")
file(REMOVE_RECURSE "${to}")
install_quoit("${to}/prefix" "-DCMAKE_INSTALL_INCLUDEDIR=${to}/headers" "-DCMAKE_INSTALL_DATADIR=${to}/data")
use(${small} "-Dquoit_DIR=${to}/data/cmake/quoit")
file(STRINGS "${to}/data/pkgconfig/quoit.pc" line REGEX "^includedir=")
the_same("the folder of headers in quoit.pc" "${line}" "includedir=${to}/headers")

install_quoit("${to}" -DCMAKE_INSTALL_INCLUDEDIR=include/v0 -DQUOIT_INSTALL_CMAKEDIR=lib64/cmake/quoit)
use(${small} "-Dquoit_DIR=${to}/lib64/cmake/quoit")
file(STRINGS "${to}/share/pkgconfig/quoit.pc" line REGEX "^includedir=")
the_same("the folder of headers in quoit.pc" "${line}" "includedir=\${prefix}/include/v0")
