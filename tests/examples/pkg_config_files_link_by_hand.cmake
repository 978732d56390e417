# The out-of-tree example without CMake, from a prefix that was moved after the installation, to a place with a space in its
# name. There the shell has to read pkg-config's quoting, hence eval.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
install_crossheap(${WORK}/prefix)
file(RENAME ${WORK}/prefix "${WORK}/moved away")
file(COPY ${CROSSHEAP_SOURCE}/examples/out_of_tree/ DESTINATION ${WORK}/source)
file(WRITE ${WORK}/source/build.sh [[
set -e
export PKG_CONFIG_PATH="$1"
eval $CC -fPIC -fvisibility=hidden $(pkg-config --cflags crossheap-shared) -c greeting.c
ar rcs greeting.a greeting.o
eval $CC -fPIC -shared -o plugin.so plugin.c greeting.a $(pkg-config --cflags --libs crossheap-shared)
eval $CC -o program program.c greeting.a $(pkg-config --cflags --libs crossheap-executable)
nm -D --defined-only program | awk '{print $3}' | grep -x -e pvalloc -e reallocarray -e free -e _ZdlPvm | sort
./program ./plugin.so
]])
execute_process(COMMAND ${CMAKE_COMMAND} -E env CC=${CC} sh build.sh "${WORK}/moved away/${LIBDIR}/pkgconfig"
  WORKING_DIRECTORY ${WORK}/source OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
expect("${status}${errors}" "0")
expect("${output}" "_ZdlPvm
free
pvalloc
reallocarray
a greeting from the program, allocated by jemalloc (static)
a greeting from the module, allocated by system (malloc)
one heap: the program releases the module's block
")
