# SPDX-License-Identifier: MIT OR Apache-2.0
"""The allocation ABI as a Conan 2 package. `conan create .` in this folder, or with its path from anywhere."""

import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load


class Crossheap(ConanFile):
    name = "crossheap"
    license = "MIT OR Apache-2.0"
    description = "An allocation ABI that prevents heap blocks from crossing between allocators by accident"
    settings = "os", "arch", "compiler", "build_type"
    package_type = "static-library"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "../../../abi/cmake/version.cmake"))
        self.version = re.search(r"set\(CROSSHEAP_VERSION ([0-9.]+)\)", text).group(1)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "../../..")
        copy(self, "abi/*", root, self.export_sources_folder, excludes="*/target/*")
        copy(self, "LICENSE-*", root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["CROSSHEAP_INSTALL"] = True
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure(build_script_folder="abi")
        cmake.build()

    def package(self):
        copy(self, "LICENSE-*", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # The rule looks at the type of what is linked. Only our own CMake package can say that, so Conan generates none.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/crossheap"]
