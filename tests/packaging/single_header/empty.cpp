// SPDX-License-Identifier: MIT
// An empty program. CMake needs a program to precompile the header that others then use.
int main() {}
