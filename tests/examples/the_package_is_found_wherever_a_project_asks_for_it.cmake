# In folders beside each other, in a function, in a project of C++ alone, by a range of versions; and what cannot be is
# refused with the next step.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
install_crossheap(${WORK}/prefix)
set(head "cmake_minimum_required(VERSION 3.24)\n")
set(program "add_executable(program main.c)\ncrossheap_use_allocator(program jemalloc)\n")

# configure(TEXT [ARGUMENTS...]): a project of this CMakeLists.txt; `status` and `errors`, in one line.
function(configure text)
  file(REMOVE_RECURSE ${WORK}/build)
  write_program(${WORK}/source/main.c)
  write_program(${WORK}/source/main.cpp)
  file(WRITE ${WORK}/source/CMakeLists.txt "${head}${text}")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK}/source -B ${WORK}/build -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_C_COMPILER=${CC} -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON --no-warn-unused-cli ${ARGN}
    OUTPUT_QUIET ERROR_VARIABLE errors RESULT_VARIABLE status)
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
  set(status ${status} PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

function(expect_program text)
  configure("${text}" ${ARGN})
  expect("${status}${errors}" "0")
  run(${CMAKE_COMMAND} --build ${WORK}/build)
  run(${WORK}/build/program)
  expect("${output}" "jemalloc static\n")
endfunction()

function(expect_refusal text message)
  configure("${text}" ${ARGN})
  string(FIND "${errors}" "${message}" found)
  if(status EQUAL 0 OR found EQUAL -1)
    message(FATAL_ERROR "expected the refusal\n${message}\nand got ${status}:\n${errors}")
  endif()
endfunction()

expect_program("project(p LANGUAGES CXX)\nfind_package(crossheap REQUIRED)\nadd_executable(program main.cpp)\ncrossheap_use_allocator(program jemalloc)\n")
set(in_function "function(dependencies)\n  find_package(crossheap REQUIRED)\nendfunction()\ndependencies()\n")
expect_program("project(p LANGUAGES C)\n${in_function}${program}")
expect_refusal("project(p LANGUAGES CXX)\n${in_function}" "this project has no C yet: write project(... LANGUAGES C CXX)")

file(WRITE ${WORK}/source/one/CMakeLists.txt "find_package(crossheap REQUIRED)\nadd_executable(one ../main.c)\ncrossheap_use_allocator(one jemalloc)\n")
file(WRITE ${WORK}/source/two/CMakeLists.txt "find_package(crossheap REQUIRED)\nadd_executable(program ../main.c)\ncrossheap_use_allocator(program jemalloc)\nset_target_properties(program PROPERTIES RUNTIME_OUTPUT_DIRECTORY \${CMAKE_BINARY_DIR})\n")
expect_program("project(p LANGUAGES C)\nadd_subdirectory(one)\nadd_subdirectory(two)\n")

# Two parts of a project: one adds the sources, the other finds the package, in either order.
set(sources "add_subdirectory(${CROSSHEAP_SOURCE}/abi crossheap)\n")
expect_program("project(p LANGUAGES C)\n${sources}find_package(crossheap 0.1 REQUIRED)\n${program}")
expect_program("project(p LANGUAGES C)\ninclude(FetchContent)
FetchContent_Declare(crossheap SOURCE_DIR ${CROSSHEAP_SOURCE} SYSTEM OVERRIDE_FIND_PACKAGE)
find_package(crossheap 0.1 REQUIRED)\n${program}")
expect_program("project(p LANGUAGES C)\n${sources}add_subdirectory(${CROSSHEAP_SOURCE}/abi again)\n${program}")
expect_refusal("project(p LANGUAGES C)\nfind_package(crossheap REQUIRED)\n${sources}${program}"
  "find_package(crossheap) has found an installed crossheap in this project: take one of the two.")

foreach(range IN ITEMS 0.1 0.1.0 0 0.1...0.3 0.1...1 0.1...<0.2 0...1)
  expect_program("project(p LANGUAGES C)\nfind_package(crossheap ${range} REQUIRED)\n${program}")
endforeach()
foreach(range IN ITEMS 0.2 0.1.1 1 0.0...<0.1 0.2...2)
  expect_refusal("project(p LANGUAGES C)\nfind_package(crossheap ${range} REQUIRED)\n" "requested version")
endforeach()

set(found "project(p LANGUAGES C)\nfind_package(crossheap REQUIRED)\nadd_executable(program main.c)\n")
expect_refusal("${found}crossheap_use_allocator(program jemalloc OPTION)\n"
  "crossheap_use_allocator(program): OPTION has no name behind it. Write, for example, OPTION USE_JEMALLOC.")
expect_refusal("${found}crossheap_use_allocator(program)\n"
  "crossheap_use_allocator(program): no allocator is named. Use jemalloc, mimalloc, snmalloc, tcmalloc or system.")
expect_refusal("${found}" "CROSSHEAP_DEFAULT_ALLOCATOR is empty. Set it to jemalloc, mimalloc, snmalloc, tcmalloc or system, or leave it unset for jemalloc."
  -DCROSSHEAP_DEFAULT_ALLOCATOR=)
