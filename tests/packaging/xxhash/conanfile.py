# SPDX-License-Identifier: MIT
"""Replaces ConanCenter's xxhash if that cannot be reached: the same names, around the copy of this machine.

Only for tests/packaging/conan.sh. It packages the header; the linker has to find the library.
"""
import os
import re
import shutil
import subprocess

from conan import ConanFile
from conan.errors import ConanException


class SystemXxhashConan(ConanFile):
    name = "xxhash"
    description = "The xxHash that is installed on this machine"
    license = "BSD-2-Clause"
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"

    def set_version(self):
        self.version = self._system_copy()[0]

    @staticmethod
    def _system_copy():
        """The version and the header that the compiler finds."""
        compiler = os.environ.get("CXX") or shutil.which("c++") or "g++"
        program = "#include <xxhash.h>\nversion XXH_VERSION_MAJOR XXH_VERSION_MINOR XXH_VERSION_RELEASE\n"
        done = subprocess.run([*compiler.split(), "-E", "-x", "c++", "-"], input=program, capture_output=True,
                              text=True, check=False)
        # g++ puts line markers between the numbers of a system header.
        text = re.sub(r"^#.*\n", "", done.stdout, flags=re.MULTILINE)
        version = re.search(r"^version\s+(\d+)\s+(\d+)\s+(\d+)$", text, re.MULTILINE)
        header = re.search(r'^# \d+ "([^"]*[/\\]xxhash\.h)"', done.stdout, re.MULTILINE)
        if not version or not header:
            raise ConanException(f"{compiler} finds no xxhash.h")
        return ".".join(version.groups()), header.group(1)

    def package(self):
        folder = os.path.join(self.package_folder, "include")
        os.makedirs(folder)
        shutil.copy(self._system_copy()[1], folder)

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "xxHash")
        self.cpp_info.set_property("cmake_target_name", "xxHash::xxhash")
        self.cpp_info.set_property("pkg_config_name", "libxxhash")
        self.cpp_info.bindirs = self.cpp_info.libdirs = []
        self.cpp_info.system_libs = ["xxhash"]
