# SPDX-License-Identifier: MIT
# Consumers that set their own C++ standard, and one that enables C++ only later.
set(small -Dconsumer_quoit=${version} -Dconsumer_small=ON)
use(${small} -DCMAKE_CXX_STANDARD=23 -DCMAKE_CXX_EXTENSIONS=OFF -Dconsumer_definition=WANT_CPLUSPLUS=202002L+1)
# quoit requires C++20, so CMake raises 17 to 20.
use(${small} -DCMAKE_CXX_STANDARD=17)
use(${small} -Dconsumer_first_language=C)
use("-Dconsumer_quoit=${source}" -Dconsumer_small=ON -Dconsumer_first_language=C)
