# SPDX-License-Identifier: MIT
# Consumers with a C++ standard of their own, and one that enables C++ later.
set(small -Dconsumer_quoit=${version} -Dconsumer_small=ON)
use(${small} -DCMAKE_CXX_STANDARD=23 -DCMAKE_CXX_EXTENSIONS=OFF -Dconsumer_definition=WANT_CPLUSPLUS=202002L+1)
# quoit requires 20, so CMake raises the 17.
use(${small} -DCMAKE_CXX_STANDARD=17)
use(${small} -Dconsumer_first_language=C)
use("-Dconsumer_quoit=${source}" -Dconsumer_small=ON -Dconsumer_first_language=C)
