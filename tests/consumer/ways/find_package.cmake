# SPDX-License-Identifier: MIT
# The installed package, and all of quoit in two source files.
use(-Dconsumer_quoit=${version})
if(NOT installed MATCHES "^bin/consumer(.exe)?$")
  message(FATAL_ERROR "the consumer installs more than itself: ${installed}")
endif()
