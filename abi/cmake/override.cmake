# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The rule of the allocation ABI: who stands behind the seven symbols is decided by the type of the artifact
# that is linked, in the tree and from the installed package alike (both include this file).
#
# crossheap::allocator is an interface whose link items are conditions on $<TARGET_PROPERTY:TYPE>. Without
# a target's name that expression asks the target being linked, the head of the chain, also when the interface is
# reached through any number of static libraries: one archive gets jemalloc in the program and malloc in the
# module.
#
# Before this file: CROSSHEAP_PROVIDER_DIR is set and the target crossheap::headers (the headers) exists.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/allocators.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/crates.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/sanitizers.cmake)

set(CROSSHEAP_DEFAULT_ALLOCATOR "jemalloc" CACHE STRING
  "Allocator of executables that choose none: jemalloc|mimalloc|snmalloc|tcmalloc|system [;SHARED|STATIC|PREFIXED|DYNAMIC_TLS] [;NO_OVERRIDE]")
option(CROSSHEAP_CHECKED "Providers abort with a message when a precondition of the allocation ABI is violated" OFF)

# A way to resolve an allocator is called KEY = allocator_linkage and exists where its allocator, NEEDS, does:
#
#   crossheap_provider_KEY   the seven functions
#   crossheap_override_KEY   the allocator as the process's malloc: whole, completed and exported; with a way
#                            that leaves malloc alone, just the allocator
#   crossheap_way_KEY        both
function(_crossheap_way key)
  cmake_parse_arguments(PARSE_ARGV 1 way "" "PROVIDER;NEEDS;COMPLETION" "DEFINES")
  if(way_NEEDS AND NOT TARGET ${way_NEEDS})
    return()
  endif()
  add_library(crossheap_override_${key} INTERFACE)
  if(way_COMPLETION)
    # Whole archives: a member that nothing refers to would silently stay out (XH111).
    _crossheap_archive(crossheap_complete_${key} ${way_COMPLETION} "${way_NEEDS}")
    set(allocator ${way_NEEDS})
    get_target_property(location ${way_NEEDS} IMPORTED_LOCATION)
    if(NOT location MATCHES "[.]so")
      set(allocator $<LINK_LIBRARY:WHOLE_ARCHIVE,${way_NEEDS}>)
    endif()
    target_link_libraries(crossheap_override_${key} INTERFACE
      $<LINK_LIBRARY:WHOLE_ARCHIVE,crossheap_complete_${key}> ${allocator})
    foreach(list IN ITEMS family ${way_PROVIDER})
      set(list ${CROSSHEAP_PROVIDER_DIR}/exported/${list}.list)
      target_link_options(crossheap_override_${key} INTERFACE "LINKER:--dynamic-list=${list}")
      set_property(TARGET crossheap_override_${key} APPEND PROPERTY INTERFACE_LINK_DEPENDS ${list})
    endforeach()
  else()
    target_link_libraries(crossheap_override_${key} INTERFACE ${way_NEEDS})
  endif()

  _crossheap_archive(crossheap_provider_${key} ${way_PROVIDER} "${way_NEEDS}")
  target_compile_definitions(crossheap_provider_${key} PRIVATE
    ${way_DEFINES} $<$<BOOL:${CROSSHEAP_CHECKED}>:CROSSHEAP_CHECKED>)
  add_library(crossheap_way_${key} INTERFACE)
  target_link_libraries(crossheap_way_${key} INTERFACE crossheap_provider_${key} crossheap_override_${key})
endfunction()

# One source of providers/ as an archive. It sees the allocator's headers and does not link the allocator, because
# that has to happen whole where it happens.
function(_crossheap_archive target source needs)
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${CROSSHEAP_PROVIDER_DIR}/${source}.c)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
  # Our sources, our flags: what a project demands of its own code (-Werror -Wmissing-prototypes, its linters, its
  # include folders) is not asked of these. Its CMAKE_C_FLAGS stay, since they say what the code must fit to.
  set_target_properties(${target} PROPERTIES COMPILE_OPTIONS "" COMPILE_DEFINITIONS "" INCLUDE_DIRECTORIES ""
    C_CLANG_TIDY "" C_CPPCHECK "" C_CPPLINT "" C_INCLUDE_WHAT_YOU_USE "" UNITY_BUILD OFF)
  if(TARGET crossheap_warnings)
    target_link_libraries(${target} PRIVATE crossheap_warnings)
  else()
    target_compile_options(${target} PRIVATE -w -Wno-error)
  endif()
  target_compile_options(${target} PRIVATE -fno-plt) # one jump from here to the allocator, not two
  target_link_libraries(${target} PUBLIC crossheap::headers -pthread ${CMAKE_DL_LIBS})
  if(needs)
    target_include_directories(${target} PRIVATE $<TARGET_PROPERTY:${needs},INTERFACE_INCLUDE_DIRECTORIES>)
  endif()
endfunction()

_crossheap_way(system PROVIDER system)
_crossheap_way(jemalloc_static PROVIDER jemalloc NEEDS crossheap::jemalloc_static_pic
  COMPLETION complete_jemalloc DEFINES CROSSHEAP_RESOLUTION="static")
_crossheap_way(jemalloc_shared PROVIDER jemalloc NEEDS crossheap::jemalloc_shared
  COMPLETION complete_jemalloc DEFINES CROSSHEAP_RESOLUTION="shared" CROSSHEAP_PREEMPTIBLE)
_crossheap_way(jemalloc_prefixed PROVIDER jemalloc NEEDS crossheap::jemalloc_prefixed
  DEFINES CROSSHEAP_RESOLUTION="prefixed" JEMALLOC_NO_RENAME)
_crossheap_way(mimalloc_shared PROVIDER mimalloc NEEDS crossheap::mimalloc_shared
  COMPLETION complete_mimalloc DEFINES CROSSHEAP_RESOLUTION="shared")
_crossheap_way(tcmalloc_static PROVIDER tcmalloc NEEDS crossheap::tcmalloc_static
  COMPLETION complete_tcmalloc DEFINES CROSSHEAP_RESOLUTION="static")
_crossheap_way(tcmalloc_shared PROVIDER tcmalloc NEEDS crossheap::tcmalloc_shared
  COMPLETION complete_tcmalloc DEFINES CROSSHEAP_RESOLUTION="shared")

# From the words of crossheap_use_allocator to the KEY of a way, or to an error that names the next step. RESULT_PACKAGE is
# what to install for it; RESULT_MISSING the reason why an allocator of crates.cmake is not there.
function(_crossheap_key result what allocator)
  # Each allocator's linkages, its first choice in front; those that leave malloc alone; and where it comes from.
  set(jemalloc_linkages STATIC SHARED PREFIXED DYNAMIC_TLS)
  set(jemalloc_no_override PREFIXED DYNAMIC_TLS)
  set(mimalloc_linkages SHARED STATIC PREFIXED)
  set(mimalloc_no_override PREFIXED)
  set(snmalloc_linkages STATIC PREFIXED)
  set(snmalloc_no_override PREFIXED)
  set(tcmalloc_linkages STATIC SHARED)
  set(tcmalloc_no_override)
  set(jemalloc_package libjemalloc-dev)
  set(mimalloc_package libmimalloc-dev)
  set(snmalloc_package)
  set(tcmalloc_package libgoogle-perftools-dev)
  set(from_crates jemalloc_dynamic_tls mimalloc_static mimalloc_prefixed snmalloc_static snmalloc_prefixed)

  cmake_parse_arguments(PARSE_ARGV 3 choice "SHARED;STATIC;PREFIXED;DYNAMIC_TLS;NO_OVERRIDE" "" "")
  if(choice_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${what}: '${choice_UNPARSED_ARGUMENTS}' is not a word for how to link an allocator. "
      "Use SHARED, STATIC, PREFIXED or DYNAMIC_TLS, and NO_OVERRIDE to leave malloc alone.")
  endif()
  set(linkages "")
  foreach(word IN ITEMS SHARED STATIC PREFIXED DYNAMIC_TLS)
    if(choice_${word})
      list(APPEND linkages ${word})
    endif()
  endforeach()
  list(LENGTH linkages count)
  if(count GREATER 1)
    list(JOIN linkages " and " both)
    message(FATAL_ERROR "${what}: ${both} exclude each other. Keep one of them.")
  endif()

  if(allocator STREQUAL "system")
    if(linkages)
      message(FATAL_ERROR "${what}: system is whatever malloc is and cannot be ${linkages}. Leave the word out.")
    endif()
    set(${result} system PARENT_SCOPE)
    return()
  endif()
  if(NOT allocator MATCHES "^(jemalloc|mimalloc|snmalloc|tcmalloc)$")
    message(FATAL_ERROR "${what}: '${allocator}' is not an allocator known here. "
      "Use jemalloc, mimalloc, snmalloc, tcmalloc or system.")
  endif()
  set(offered ${${allocator}_linkages})
  if(linkages AND NOT linkages IN_LIST offered)
    list(JOIN offered ", " words)
    message(FATAL_ERROR "${what}: there is no ${allocator} ${linkages}. Use one of ${words}.")
  endif()
  if(choice_NO_OVERRIDE)
    set(offered ${${allocator}_no_override})
    if(NOT offered)
      message(FATAL_ERROR "${what}: the ${allocator} of this system replaces malloc wherever it is linked; there is no "
        "prefixed build to leave malloc alone with. Leave NO_OVERRIDE out, or use jemalloc PREFIXED.")
    elseif(linkages AND NOT linkages IN_LIST offered)
      message(FATAL_ERROR "${what}: ${allocator} ${linkages} defines malloc itself, so it cannot leave malloc alone. "
        "Use ${allocator} PREFIXED, which has names of its own.")
    endif()
  endif()
  if(NOT linkages)
    list(GET offered 0 linkages)
  endif()
  string(TOLOWER "${allocator}_${linkages}" key)
  set(${result} ${key} PARENT_SCOPE)
  set(${result}_PACKAGE ${${allocator}_package} PARENT_SCOPE)
  set(${result}_MISSING "" PARENT_SCOPE)
  if(key IN_LIST from_crates)
    crossheap_crate_allocators(reason)
    set(${result}_PACKAGE "cargo, make and once a network connection" PARENT_SCOPE)
    if(reason)
      set(${result}_MISSING ": ${reason}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

# The project's choice. Where its package is missing, executables that make no choice of their own link a target that
# does not exist and whose name says what to do: a project of libraries alone needs no allocator.
if(NOT CROSSHEAP_DEFAULT_ALLOCATOR)
  message(FATAL_ERROR "CROSSHEAP_DEFAULT_ALLOCATOR is empty. "
    "Set it to jemalloc, mimalloc, snmalloc, tcmalloc or system, or leave it unset for jemalloc.")
endif()
_crossheap_key(_crossheap_default CROSSHEAP_DEFAULT_ALLOCATOR ${CROSSHEAP_DEFAULT_ALLOCATOR})
set_property(GLOBAL PROPERTY CROSSHEAP_DEFAULT_KEY ${_crossheap_default})
if(TARGET crossheap_way_${_crossheap_default})
  set(_crossheap_default crossheap_way_${_crossheap_default})
elseif(_crossheap_default_MISSING)
  set(_crossheap_default crossheap::install_cargo_and_make_or_set_CROSSHEAP_DEFAULT_ALLOCATOR_to_another)
else()
  set(_crossheap_default
    crossheap::install_${_crossheap_default_PACKAGE}_or_set_CROSSHEAP_DEFAULT_ALLOCATOR_to_another)
endif()

add_library(crossheap::allocator INTERFACE IMPORTED GLOBAL)
set(_crossheap_type $<TARGET_PROPERTY:TYPE>)
set(_crossheap_choice $<TARGET_PROPERTY:CROSSHEAP_ALLOCATOR>)
target_link_libraries(crossheap::allocator INTERFACE
  crossheap::headers
  "$<$<STREQUAL:${_crossheap_type},EXECUTABLE>:$<IF:$<BOOL:${_crossheap_choice}>,crossheap_way_${_crossheap_choice},${_crossheap_default}>>"
  "$<$<OR:$<STREQUAL:${_crossheap_type},SHARED_LIBRARY>,$<STREQUAL:${_crossheap_type},MODULE_LIBRARY>>:crossheap_way_system>")

# crossheap_use_allocator(TARGET jemalloc|mimalloc|snmalloc|tcmalloc|system [SHARED|STATIC|PREFIXED|DYNAMIC_TLS]
#                         [NO_OVERRIDE] [OPTION NAME])
#
# Chooses the allocator of an executable and links crossheap::allocator to it. Without a word the linkage is the
# first of its line in _crossheap_key: STATIC for jemalloc, snmalloc and tcmalloc, SHARED for mimalloc. NO_OVERRIDE uses the allocator
# through the ABI only and leaves malloc alone (the PREFIXED build). With OPTION the users of the project
# get a switch of that name, off at first, and the executable stays on system while it is off.
function(crossheap_use_allocator target)
  cmake_parse_arguments(PARSE_ARGV 1 choice "" "OPTION" "")
  list(POP_FRONT choice_UNPARSED_ARGUMENTS allocator)
  if(NOT allocator)
    message(FATAL_ERROR "crossheap_use_allocator(${target}): no allocator is named. "
      "Use jemalloc, mimalloc, snmalloc, tcmalloc or system.")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "crossheap_use_allocator: ${target} is not a target. Add the executable first.")
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "EXECUTABLE")
    message(FATAL_ERROR "crossheap_use_allocator: ${target} is a ${type}; only an executable chooses an allocator. "
      "Link crossheap::allocator to the library and choose in the executable.")
  endif()
  if("OPTION" IN_LIST ARGN AND NOT choice_OPTION)
    message(FATAL_ERROR "crossheap_use_allocator(${target}): OPTION has no name behind it. "
      "Write, for example, OPTION USE_JEMALLOC.")
  endif()
  _crossheap_key(key "crossheap_use_allocator(${target})" ${allocator} ${choice_UNPARSED_ARGUMENTS})
  if(choice_OPTION)
    option(${choice_OPTION} "Run ${target} on ${allocator}" OFF)
    if(NOT ${choice_OPTION})
      set(key system)
    endif()
  endif()
  if(NOT TARGET crossheap_way_${key})
    if(key_MISSING)
      message(FATAL_ERROR "crossheap_use_allocator(${target}): ${allocator} cannot be built${key_MISSING}. "
        "Change that, or choose another allocator.")
    endif()
    message(FATAL_ERROR "crossheap_use_allocator(${target}): ${allocator} was not found. "
      "Install ${key_PACKAGE}, or choose another allocator.")
  endif()
  set_property(TARGET ${target} PROPERTY CROSSHEAP_ALLOCATOR ${key})
  target_link_libraries(${target} PRIVATE crossheap::allocator)
endfunction()
