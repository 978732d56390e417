# What the scripts here have in common. Each starts with an empty WORK directory.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

# run(COMMAND...): must succeed; its standard output is in `output`.
macro(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "'${ARGN}' ended with ${status}:\n${output}\n${errors}")
  endif()
endmacro()

function(expect text expected)
  if(NOT text STREQUAL expected)
    message(FATAL_ERROR "got\n${text}\ninstead of\n${expected}")
  endif()
endfunction()

# A program, in C and in C++, that says which allocator it runs on: "jemalloc static".
function(write_program file)
  file(WRITE ${file} [[
#include <crossheap/allocator.h>
#include <stdio.h>

int main(void) {
  printf("%s %s\n", crossheap_provider()->family, crossheap_provider()->resolution);
  return 0;
}
]])
endfunction()

function(install_crossheap prefix)
  run(${CMAKE_COMMAND} --install ${CROSSHEAP_BUILD} --prefix ${prefix})
endfunction()

# Configures and builds SOURCE into BINARY against PREFIX; more arguments go to cmake.
function(build_against prefix source binary)
  run(${CMAKE_COMMAND} -S ${source} -B ${binary} -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_C_COMPILER=${CC} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON ${ARGN})
  run(${CMAKE_COMMAND} --build ${binary})
endfunction()
