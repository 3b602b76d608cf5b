// SPDX-License-Identifier: MIT
// Empty: CMake precompiles a header only for a program, and other programs then use it.
int main() {}
