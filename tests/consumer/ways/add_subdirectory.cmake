# SPDX-License-Identifier: MIT
# A copy in the consumer's tree, which adds only itself, and installs only on request.
documented_options()
use("-Dconsumer_quoit=${source}" -Dconsumer_small=ON ${documented})
if(NOT installed MATCHES "^bin/consumer(.exe)?$")
  message(FATAL_ERROR "quoit must not install anything here, but it installed: ${installed}")
endif()
use("-Dconsumer_quoit=${source}" -Dconsumer_small=ON ${documented} -DQUOIT_INSTALL=ON)
if(NOT "include/quoit/quoit.hpp" IN_LIST installed)
  message(FATAL_ERROR "QUOIT_INSTALL=ON installed no headers, only: ${installed}")
endif()
