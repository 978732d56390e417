# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Allocators whose sources Rust crates carry, built in the build tree from cargo's own cache:
#
#   crossheap::snmalloc_static        overrides malloc and the C++ operators; sn_rust_* too
#   crossheap::snmalloc_prefixed      sn_ names only
#   crossheap::mimalloc_static        overrides malloc and the C++ operators; Debian has no static mimalloc
#   crossheap::mimalloc_prefixed      mi_ names only
#   crossheap::jemalloc_dynamic_tls   je_ names, and none of the initial-exec TLS for which the loader refuses a plugin
#                                     that carries any other build of jemalloc (XH401)
#
# Nothing here happens before a target asks for one of them: it takes cargo and, the first time, a network.
# providers/crates pins the versions.

option(CROSSHEAP_FETCH_CRATES "Fetch the sources of Rust crates that cargo has not in its cache" ON)

# Asked for by functions that are called in other folders.
set_property(GLOBAL PROPERTY CROSSHEAP_PROVIDER_DIR ${CROSSHEAP_PROVIDER_DIR})

# crossheap_crate_allocators(MISSING): makes the targets, once; the reason in MISSING where that is not possible.
function(crossheap_crate_allocators missing)
  get_property(known GLOBAL PROPERTY CROSSHEAP_CRATES_ASKED SET)
  if(NOT known)
    set_property(GLOBAL PROPERTY CROSSHEAP_CRATES_ASKED ON)
    get_property(CROSSHEAP_PROVIDER_DIR GLOBAL PROPERTY CROSSHEAP_PROVIDER_DIR)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(CXX IN_LIST languages)
      _crossheap_find_crates(reason)
    else() # a function cannot enable a language for others
      set(reason "snmalloc is C++, and the project does not have that language (write project(... LANGUAGES C CXX))")
    endif()
    set_property(GLOBAL PROPERTY CROSSHEAP_CRATES_MISSING "${reason}")
    if(NOT reason)
      _crossheap_build_snmalloc()
      _crossheap_build_mimalloc()
      _crossheap_build_jemalloc()
      _crossheap_crate_ways()
    endif()
  endif()
  get_property(reason GLOBAL PROPERTY CROSSHEAP_CRATES_MISSING)
  set(${missing} "${reason}" PARENT_SCOPE)
endfunction()

# crossheap_find_cargo(MISSING): sets the cache variable CROSSHEAP_CARGO to a cargo that is new enough, or says why not.
function(crossheap_find_cargo missing)
  set(wanted 1.82)
  find_program(CROSSHEAP_CARGO cargo HINTS ENV CARGO_HOME "$ENV{HOME}/.cargo" PATH_SUFFIXES bin)
  mark_as_advanced(CROSSHEAP_CARGO)
  set(reason "")
  if(NOT CROSSHEAP_CARGO)
    set(reason "cargo is not installed: install Rust ${wanted} or later, for example with rustup")
  else()
    execute_process(COMMAND ${CROSSHEAP_CARGO} --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT version MATCHES "^cargo ([0-9.]+)" OR CMAKE_MATCH_1 VERSION_LESS wanted)
      set(reason "${CROSSHEAP_CARGO} is '${version}' and not ${wanted} or later: get one from https://rustup.rs")
    endif()
  endif()
  set(${missing} "${reason}" PARENT_SCOPE)
endfunction()

# crossheap_fetch_crates(MISSING MANIFEST): the locked crates of MANIFEST are in cargo's cache afterwards, or the reason why
# they are not, or could not be built, is in MISSING. What `cargo metadata` says of them is in MISSING_METADATA.
function(crossheap_fetch_crates missing manifest)
  crossheap_find_cargo(reason)
  find_program(CROSSHEAP_MAKE NAMES gmake make)
  mark_as_advanced(CROSSHEAP_MAKE)
  if(NOT reason AND NOT CROSSHEAP_MAKE)
    set(reason "make is not installed, which jemalloc is built with")
  endif()
  if(NOT reason)
    # The network is only asked when the cache has not everything.
    set(ways --offline)
    if(CROSSHEAP_FETCH_CRATES)
      list(APPEND ways "")
    endif()
    foreach(offline IN LISTS ways)
      execute_process(
        COMMAND ${CROSSHEAP_CARGO} metadata --format-version 1 --locked ${offline}
          --filter-platform x86_64-unknown-linux-gnu --manifest-path ${manifest}
        OUTPUT_VARIABLE metadata ERROR_VARIABLE errors RESULT_VARIABLE status TIMEOUT 180)
      if(status EQUAL 0)
        break()
      endif()
    endforeach()
    if(NOT status EQUAL 0 AND NOT CROSSHEAP_FETCH_CRATES)
      set(reason "the sources of the crates are not here yet: configure with -DCROSSHEAP_FETCH_CRATES=ON")
    elseif(NOT status EQUAL 0)
      string(REGEX MATCH "error: [^\n]*" error "${errors}")
      set(reason "cargo cannot fetch the crates of ${manifest} (${status}; ${error})")
      string(REPLACE ";" "," reason "${reason}") # it goes into lists
    endif()
  endif()
  set(${missing} "${reason}" PARENT_SCOPE)
  set(${missing}_METADATA "${metadata}" PARENT_SCOPE)
endfunction()

# Sets the global properties CROSSHEAP_CRATE_<name>, the folder of each allocator's crate, and CROSSHEAP_CRATE_<name>_VERSION.
function(_crossheap_find_crates missing)
  set(manifest ${CROSSHEAP_PROVIDER_DIR}/crates/Cargo.toml)
  crossheap_fetch_crates(reason ${manifest})
  if(NOT reason)
    string(JSON count LENGTH "${reason_METADATA}" packages)
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
      string(JSON name GET "${reason_METADATA}" packages ${i} name)
      string(JSON file GET "${reason_METADATA}" packages ${i} manifest_path)
      cmake_path(GET file PARENT_PATH folder)
      string(JSON version GET "${reason_METADATA}" packages ${i} version)
      set_property(GLOBAL PROPERTY CROSSHEAP_CRATE_${name} ${folder})
      set_property(GLOBAL PROPERTY CROSSHEAP_CRATE_${name}_VERSION ${version})
    endforeach()
  endif()
  set(${missing} "${reason}" PARENT_SCOPE)
endfunction()

# A static library of other people's sources: their warnings are theirs, and whatever the project's build type, they
# are built as their crates build them.
function(_crossheap_foreign_archive target)
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${ARGN})
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON C_STANDARD 11 CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS ON
    CXX_CLANG_TIDY "" C_CLANG_TIDY "" EXPORT_COMPILE_COMMANDS OFF)
  target_compile_options(${target} PRIVATE -w -O3 -g1 -fomit-frame-pointer -fno-builtin)
  target_compile_definitions(${target} PRIVATE NDEBUG)
  target_link_libraries(${target} PUBLIC -pthread ${CMAKE_DL_LIBS})
endfunction()

function(_crossheap_build_snmalloc)
  get_property(crate GLOBAL PROPERTY CROSSHEAP_CRATE_snmalloc-sys)
  set(source ${crate}/upstream/src/snmalloc)
  set(way_static override/rust.cc override/malloc.cc override/new.cc)
  set(way_prefixed override/rust.cc)
  foreach(way IN ITEMS static prefixed)
    list(TRANSFORM way_${way} PREPEND ${source}/)
    _crossheap_foreign_archive(crossheap_snmalloc_${way} ${way_${way}})
    target_include_directories(crossheap_snmalloc_${way} PRIVATE ${crate}/upstream/src)
    target_compile_options(crossheap_snmalloc_${way} PRIVATE -mcx16)
    target_compile_definitions(crossheap_snmalloc_${way} PRIVATE
      SNMALLOC_USE_WAIT_ON_ADDRESS=1 "SNMALLOC_EXPORT=__attribute__((visibility(\"default\")))")
    target_link_libraries(crossheap_snmalloc_${way} PUBLIC atomic stdc++)
    add_library(crossheap::snmalloc_${way} ALIAS crossheap_snmalloc_${way})
  endforeach()
  target_compile_definitions(crossheap_snmalloc_prefixed PRIVATE SNMALLOC_RUST_LIBC_API)
endfunction()

function(_crossheap_build_mimalloc)
  get_property(crate GLOBAL PROPERTY CROSSHEAP_CRATE_libmimalloc-sys)
  foreach(way IN ITEMS static prefixed)
    _crossheap_foreign_archive(crossheap_mimalloc_${way} ${crate}/c_src/mimalloc/v3/src/static.c)
    target_include_directories(crossheap_mimalloc_${way} SYSTEM PUBLIC ${crate}/c_src/mimalloc/v3/include)
    target_include_directories(crossheap_mimalloc_${way} PRIVATE ${crate}/c_src/mimalloc/v3/src)
    target_compile_definitions(crossheap_mimalloc_${way} PRIVATE MI_DEBUG=0 MI_BUILD_RELEASE MI_STATIC_LIB)
    add_library(crossheap::mimalloc_${way} ALIAS crossheap_mimalloc_${way})
  endforeach()
  target_compile_definitions(crossheap_mimalloc_static PRIVATE MI_MALLOC_OVERRIDE)
endfunction()

# jemalloc has its own configure and make: it is copied, because it builds inside its sources.
function(_crossheap_build_jemalloc)
  get_property(crate GLOBAL PROPERTY CROSSHEAP_CRATE_tikv-jemalloc-sys)
  set(build ${CMAKE_CURRENT_BINARY_DIR}/crossheap/jemalloc_dynamic_tls)
  set(archive ${build}/lib/libjemalloc_pic.a)
  get_property(version GLOBAL PROPERTY CROSSHEAP_CRATE_tikv-jemalloc-sys_VERSION)
  string(REGEX REPLACE ".*[+]" "" version ${version}) # 0.7.1+5.3.1-0-g8103...: what stands behind the + is jemalloc's
  file(MAKE_DIRECTORY ${build}/include)
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${crate}/jemalloc ${build}
    COMMAND ${CMAKE_COMMAND} -E copy ${crate}/configure/configure ${build}/configure
    COMMAND ${CMAKE_COMMAND} -E chdir ${build} ${CMAKE_COMMAND} -E env "CC=${CMAKE_C_COMPILER_LAUNCHER} ${CMAKE_C_COMPILER}"
      sh configure --quiet --with-version=${version} --disable-cxx --disable-doc --disable-shared
      --disable-initial-exec-tls --with-jemalloc-prefix=je_ --with-private-namespace=je_
    # jemalloc asks for -g3, which takes the compiler a third of its time; lines are enough for a stack.
    COMMAND ${CMAKE_COMMAND} -E env --unset=MAKEFLAGS ${CROSSHEAP_MAKE} -s -C ${build} -j2 lib/libjemalloc_pic.a
      EXTRA_CFLAGS=-g1
    DEPENDS ${crate}/configure/configure
    COMMENT "Building jemalloc without initial-exec TLS" VERBATIM)
  add_custom_target(crossheap_make_jemalloc_dynamic_tls DEPENDS ${archive})
  add_library(crossheap::jemalloc_dynamic_tls STATIC IMPORTED GLOBAL)
  add_dependencies(crossheap::jemalloc_dynamic_tls crossheap_make_jemalloc_dynamic_tls)
  set_target_properties(crossheap::jemalloc_dynamic_tls PROPERTIES
    IMPORTED_LOCATION ${archive}
    INTERFACE_INCLUDE_DIRECTORIES ${build}/include
    INTERFACE_COMPILE_DEFINITIONS JEMALLOC_NO_RENAME
    INTERFACE_LINK_LIBRARIES "-pthread;${CMAKE_DL_LIBS};m")
endfunction()

# The same for the rule of override.cmake.
function(_crossheap_crate_ways)
  get_property(snmalloc_version GLOBAL PROPERTY CROSSHEAP_CRATE_snmalloc-sys_VERSION)
  set(snmalloc_version CROSSHEAP_SNMALLOC_VERSION="${snmalloc_version}")
  _crossheap_way(snmalloc_static PROVIDER snmalloc NEEDS crossheap::snmalloc_static
    COMPLETION complete_snmalloc DEFINES CROSSHEAP_RESOLUTION="static" ${snmalloc_version})
  _crossheap_way(snmalloc_prefixed PROVIDER snmalloc NEEDS crossheap::snmalloc_prefixed
    DEFINES CROSSHEAP_RESOLUTION="prefixed" CROSSHEAP_SNMALLOC_PREFIXED ${snmalloc_version})
  _crossheap_way(mimalloc_static PROVIDER mimalloc NEEDS crossheap::mimalloc_static
    COMPLETION complete_mimalloc DEFINES CROSSHEAP_RESOLUTION="static")
  _crossheap_way(mimalloc_prefixed PROVIDER mimalloc NEEDS crossheap::mimalloc_prefixed
    DEFINES CROSSHEAP_RESOLUTION="prefixed")
  _crossheap_way(jemalloc_dynamic_tls PROVIDER jemalloc NEEDS crossheap::jemalloc_dynamic_tls
    DEFINES CROSSHEAP_RESOLUTION="prefixed" JEMALLOC_NO_RENAME)
  # The header that the provider reads is made with the archive.
  add_dependencies(crossheap_provider_jemalloc_dynamic_tls crossheap_make_jemalloc_dynamic_tls)
endfunction()
