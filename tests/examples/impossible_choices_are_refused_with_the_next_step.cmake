include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
install_crossheap(${WORK}/prefix)
file(WRITE ${WORK}/source/main.c "int main(void) { return 0; }\n")
file(WRITE ${WORK}/source/CMakeLists.txt [[
cmake_minimum_required(VERSION 3.24)
project(refused LANGUAGES C)
find_package(crossheap REQUIRED)
add_executable(program main.c)
add_library(library STATIC main.c)
crossheap_use_allocator(${WORDS})
]])

# The words must be refused, with exactly this message but for the line breaks.
function(expect_refusal words message)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK}/source -B ${WORK}/build -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_C_COMPILER=${CC} "-DWORDS=${words}"
    OUTPUT_QUIET ERROR_VARIABLE errors RESULT_VARIABLE status)
  if(status EQUAL 0)
    message(FATAL_ERROR "'${words}' was taken")
  endif()
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
  string(FIND "${errors}" "${message}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "'${words}' was refused with\n${errors}\ninstead of\n${message}")
  endif()
endfunction()

set(program "crossheap_use_allocator(program): ")
expect_refusal("program;tcmalloc;PREFIXED"
  "${program}there is no tcmalloc PREFIXED. Use one of STATIC, SHARED.")
expect_refusal("program;tcmalloc;NO_OVERRIDE"
  "${program}the tcmalloc of this system replaces malloc wherever it is linked; there is no prefixed build to leave malloc alone with. Leave NO_OVERRIDE out, or use jemalloc PREFIXED.")
expect_refusal("program;jemalloc;SHARED;NO_OVERRIDE"
  "${program}jemalloc SHARED defines malloc itself, so it cannot leave malloc alone. Use jemalloc PREFIXED, which has names of its own.")
expect_refusal("program;jemalloc;SHARED;STATIC"
  "${program}SHARED and STATIC exclude each other. Keep one of them.")
expect_refusal("program;system;SHARED"
  "${program}system is whatever malloc is and cannot be SHARED. Leave the word out.")
expect_refusal("program;scudo"
  "${program}'scudo' is not an allocator known here. Use jemalloc, mimalloc, snmalloc, tcmalloc or system.")
expect_refusal("program;jemalloc;DYNAMIC"
  "${program}'DYNAMIC' is not a word for how to link an allocator. Use SHARED, STATIC, PREFIXED or DYNAMIC_TLS, and NO_OVERRIDE to leave malloc alone.")
expect_refusal("library;jemalloc"
  "crossheap_use_allocator: library is a STATIC_LIBRARY; only an executable chooses an allocator. Link crossheap::allocator to the library and choose in the executable.")
expect_refusal("absent;jemalloc"
  "crossheap_use_allocator: absent is not a target. Add the executable first.")
