# SPDX-License-Identifier: MIT
"""The Conan 2 package: the headers, and the names for CMake and pkg-config. `conan create .` makes it.

An installed quoit has the same names: find_package(quoit) with the targets quoit::quoit and quoit::inline_xxhash, and
quoit.pc. So a consumer can use either one.
"""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout

required_conan_version = ">=2.0"


class QuoitConan(ConanFile):
    name = "quoit"
    description = "Consistent hashing for C++20"
    license = "MIT"
    topics = ("consistent-hashing", "hash-ring", "sharding", "header-only")

    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"  # for the test package; the headers are the same for all settings
    no_copy_source = True
    exports_sources = "include/*", "LICENSE", "packaging/conan/inline_xxhash.cmake"
    test_package_folder = "packaging/conan/test_package"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "include", "quoit", "version.hpp"))
        self.version = ".".join(re.search(rf"^#define QUOIT_VERSION_{part} (\d+)$", text, re.MULTILINE).group(1)
                                for part in ("MAJOR", "MINOR", "PATCH"))

    def layout(self):
        basic_layout(self)

    def requirements(self):
        self.requires("xxhash/[>=0.8 <1]")  # XXH3 is final since 0.8

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", src=os.path.join(self.source_folder, "include"),
             dst=os.path.join(self.package_folder, "include"))
        copy(self, "inline_xxhash.cmake", src=os.path.join(self.source_folder, "packaging", "conan"),
             dst=os.path.join(self.package_folder, "cmake"))

    def package_info(self):
        self.cpp_info.bindirs = self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "quoit")
        self.cpp_info.set_property("cmake_target_name", "quoit::quoit")
        self.cpp_info.set_property("pkg_config_name", "quoit")
        self.cpp_info.set_property("cmake_config_version_compat", "SameMinorVersion")  # like an installed quoit
        # Not a component: the target of the whole package, which Conan recommends to link, would then define its macro.
        self.cpp_info.set_property("cmake_build_modules", [os.path.join("cmake", "inline_xxhash.cmake")])
