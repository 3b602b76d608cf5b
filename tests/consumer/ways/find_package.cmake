# SPDX-License-Identifier: MIT
# The installed package, used by two source files, one of them with all of quoit.
use(-Dconsumer_quoit=${version})
if(NOT installed MATCHES "^bin/consumer(.exe)?$")
  message(FATAL_ERROR "the consumer installs more than itself: ${installed}")
endif()
