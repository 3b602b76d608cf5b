# SPDX-License-Identifier: MIT
# Fails unless the README shows the quickstart program and its output word for word; the example tests run that program.
file(READ "${SOURCE_DIR}/README.md" readme)
file(READ "${SOURCE_DIR}/examples/quickstart.cpp" program)
file(READ "${SOURCE_DIR}/examples/quickstart.out" output)
string(FIND "${program}" "#include" start)
string(SUBSTRING "${program}" ${start} -1 program)
foreach(block IN ITEMS "```cpp\n${program}```" "```text\n${output}```")
  string(FIND "${readme}" "${block}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "README.md does not show this word for word:\n${block}")
  endif()
endforeach()
