# SPDX-License-Identifier: MIT
# The sources of the consumer's xxHash: a config, a header and a library without a config, or its own tree.
documented_options()
set(small -Dconsumer_quoit=${version} -Dconsumer_small=ON)
set(fake "${scratch}/xxHash config")
make_xxhash_config("${fake}" 0.8.3)
use(${small} "-DxxHash_ROOT=${fake}")
found(xxHash_DIR "${fake}/lib/cmake/xxHash")

use(${small} -Dconsumer_xxhash=before)
file(STRINGS "${build}/CMakeCache.txt" lines REGEX "^xxHash_DIR:")
the_same("the search for xxHash, although the consumer has its own," "${lines}" "")

# Two targets cannot have one name. This is CMake's own message.
refused("because another target with the same name already exists" ${small} -Dconsumer_xxhash=after)

use("-Dconsumer_quoit=${source}" -Dconsumer_small=ON -Dconsumer_xxhash=before -DQUOIT_INSTALL=ON ${documented})
