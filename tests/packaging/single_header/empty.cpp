// SPDX-License-Identifier: MIT
// Nothing: CMake precompiles a header, which others then use, for a program only.
int main() {}
