include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
function(expect_it_works prefix binary)
  build_against(${prefix} ${CROSSHEAP_SOURCE}/examples/out_of_tree ${binary})
  run(${binary}/program ${binary}/plugin.so)
  expect("${output}" "a greeting from the program, allocated by jemalloc (static)
a greeting from the module, allocated by system (malloc)
one heap: the program releases the module's block
")
endfunction()

install_crossheap(${WORK}/prefix)
expect_it_works(${WORK}/prefix ${WORK}/build)
file(RENAME ${WORK}/prefix ${WORK}/moved)
expect_it_works(${WORK}/moved ${WORK}/build-moved)
