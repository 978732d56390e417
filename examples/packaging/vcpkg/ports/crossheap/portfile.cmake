# SPDX-License-Identifier: MIT OR Apache-2.0
#
# From a checkout: CROSSHEAP_SOURCE, in the environment, names it. Only abi/ is built.
set(SOURCE_PATH "$ENV{CROSSHEAP_SOURCE}")
if(NOT EXISTS "${SOURCE_PATH}/abi/CMakeLists.txt")
  message(FATAL_ERROR "CROSSHEAP_SOURCE is '${SOURCE_PATH}', which is no checkout of crossheap. Set it to one.")
endif()
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}/abi" OPTIONS -DCROSSHEAP_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/crossheap)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE-MIT" "${SOURCE_PATH}/LICENSE-APACHE")
