# SPDX-License-Identifier: MIT
"""Builds a program with the package, found by CMake with CMakeDeps and with PkgConfigDeps, and runs it."""
import os
import shutil

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class TestPackageConan(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps", "PkgConfigDeps"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False  # nothing in the source tree
        toolchain.cache_variables["QUOIT_TEST_PKG_CONFIG"] = shutil.which("pkg-config") is not None
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        programs = ["test_package", "test_package_inlined"]
        if shutil.which("pkg-config"):
            programs.append("test_package_pkg_config")
        else:
            self.output.warning("skipped: no pkg-config to test quoit.pc")
        if can_run(self):
            for program in programs:
                self.run(os.path.join(self.cpp.build.bindir, program), env="conanrun")
