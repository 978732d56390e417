# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The allocators of the system as targets, each only where its package is installed:
#
#   crossheap::jemalloc_static_pic   libjemalloc_pic.a as it is: defines malloc and the C++ operators
#   crossheap::jemalloc_prefixed     the same archive under je_ names, without the C++ operators
#   crossheap::jemalloc_shared       libjemalloc.so
#   crossheap::mimalloc_shared       libmimalloc.so (Debian has no static one that overrides malloc)
#   crossheap::tcmalloc_static       libtcmalloc_minimal.a: initial-exec TLS for executables only
#   crossheap::tcmalloc_shared       libtcmalloc_minimal.so
#
# Linking one of them is plain linking: members of an archive come in only when something asks for them.
# The rule that makes an executable's override whole is in override.cmake.
# _crossheap_allocator(NAME LIBRARY-FILE HEADER [LINKS ...]): an imported target, if the files are there.
function(_crossheap_allocator name file header)
  cmake_parse_arguments(PARSE_ARGV 3 allocator "" "" "LINKS")
  string(TOUPPER "CROSSHEAP_${name}" variable)
  find_library(${variable}_LIBRARY NAMES ${file})
  find_path(${variable}_INCLUDE_DIR NAMES ${header})
  mark_as_advanced(${variable}_LIBRARY ${variable}_INCLUDE_DIR)
  if(TARGET crossheap::${name} OR NOT ${variable}_LIBRARY OR NOT ${variable}_INCLUDE_DIR)
    return()
  endif()
  add_library(crossheap::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(crossheap::${name} PROPERTIES
    IMPORTED_LOCATION "${${variable}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${${variable}_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${allocator_LINKS}")
endfunction()

# jemalloc's and tcmalloc's archives hold C++: a C program links them too.
set(_crossheap_archive_links -pthread ${CMAKE_DL_LIBS} stdc++ m)
_crossheap_allocator(jemalloc_static_pic libjemalloc_pic.a jemalloc/jemalloc.h LINKS ${_crossheap_archive_links})
_crossheap_allocator(jemalloc_shared libjemalloc.so jemalloc/jemalloc.h)
_crossheap_allocator(mimalloc_shared libmimalloc.so mimalloc.h)
_crossheap_allocator(tcmalloc_static libtcmalloc_minimal.a gperftools/tcmalloc.h LINKS ${_crossheap_archive_links})
_crossheap_allocator(tcmalloc_shared libtcmalloc_minimal.so gperftools/tcmalloc.h)

# The je_ build: every public C symbol of the archive is renamed, and the member with operator new and
# delete is dropped, because operators have no prefix. jemalloc keeps reading the MALLOC_CONF variable;
# only its symbol becomes je_malloc_conf (XH112).
if(TARGET crossheap::jemalloc_static_pic AND NOT TARGET crossheap::jemalloc_prefixed)
  set(_crossheap_prefixed ${CMAKE_CURRENT_BINARY_DIR}/crossheap/libjemalloc_prefixed.a)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/crossheap)
  add_custom_command(OUTPUT ${_crossheap_prefixed}
    COMMAND ${CMAKE_OBJCOPY} --redefine-syms=${CROSSHEAP_PROVIDER_DIR}/jemalloc_prefix.syms
            ${CROSSHEAP_JEMALLOC_STATIC_PIC_LIBRARY} ${_crossheap_prefixed}
    COMMAND ${CMAKE_AR} d ${_crossheap_prefixed} jemalloc_cpp.pic.o
    DEPENDS ${CROSSHEAP_JEMALLOC_STATIC_PIC_LIBRARY} ${CROSSHEAP_PROVIDER_DIR}/jemalloc_prefix.syms
    COMMENT "Renaming jemalloc's symbols to je_" VERBATIM)
  add_custom_target(crossheap_make_jemalloc_prefixed DEPENDS ${_crossheap_prefixed})
  add_library(crossheap::jemalloc_prefixed STATIC IMPORTED GLOBAL)
  add_dependencies(crossheap::jemalloc_prefixed crossheap_make_jemalloc_prefixed)
  set_target_properties(crossheap::jemalloc_prefixed PROPERTIES
    IMPORTED_LOCATION ${_crossheap_prefixed}
    INTERFACE_INCLUDE_DIRECTORIES "${CROSSHEAP_JEMALLOC_STATIC_PIC_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS JEMALLOC_NO_RENAME
    INTERFACE_LINK_LIBRARIES "-pthread;${CMAKE_DL_LIBS};m")
endif()
