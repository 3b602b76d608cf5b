# SPDX-License-Identifier: MIT
# Installs the clone that contains it: vcpkg install quoit --overlay-ports=<clone>/packaging/vcpkg/ports. vcpkg does not
# notice changes in that clone. After a change, `vcpkg remove quoit` and --no-binarycaching make it look again. In a
# registry a vcpkg_from_github of the tag v${VERSION} belongs here, and nothing else changes.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

set(VCPKG_BUILD_TYPE release) # header-only port

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DQUOIT_BUILD_TESTS=OFF
    -DQUOIT_BUILD_EXAMPLES=OFF
    -DQUOIT_BUILD_BENCHMARKS=OFF
    -DQUOIT_INSTALL=ON
    -DQUOIT_FETCH_DEPENDENCIES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/quoit)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/doc") # the licence, which vcpkg wants in another place
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
