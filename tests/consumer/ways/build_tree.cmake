# SPDX-License-Identifier: MIT
# The package of a build tree that was not installed, with different sources of xxHash.
set(quoit_build "${scratch}/build tree")
set(fake "${scratch}/build tree xxHash")
make_xxhash_config("${fake}" 0.8.3)

configure_quoit("${quoit_build}" "-DxxHash_DIR=${fake}/lib/cmake/xxHash")
use(-Dconsumer_quoit=${version} -Dconsumer_small=ON "-Dquoit_DIR=${quoit_build}")

configure_quoit("${quoit_build}")
use(-Dconsumer_quoit=${version} -Dconsumer_small=ON "-DCMAKE_PREFIX_PATH=${quoit_build}")
found(quoit_DIR "${quoit_build}")
use(-Dconsumer_quoit=${version} -Dconsumer_small=ON "-Dquoit_DIR=${quoit_build}"
  "-DxxHash_DIR=${fake}/lib/cmake/xxHash")
