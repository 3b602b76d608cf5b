# SPDX-License-Identifier: MIT
# Pastes a header above a program that includes <quoit/...>: those includes go. Given: header, program, out.
file(READ "${header}" text)
file(READ "${program}" code)
string(REGEX REPLACE "#include <quoit/[^>]*>" "" code "${code}")
file(WRITE "${out}" "${text}" "${code}")
