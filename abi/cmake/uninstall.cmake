# SPDX-License-Identifier: MIT OR Apache-2.0
#
# cmake -DMANIFEST=FILE -P uninstall.cmake: removes the files that an installation listed in FILE, and the folders that are
# empty then and are crossheap's own. Files that are gone already are no error. DESTDIR counts as it did at the installation.
if(NOT EXISTS "${MANIFEST}")
  message(FATAL_ERROR "${MANIFEST} is not there: nothing was installed from this build tree. "
    "Install first, or remove the files by hand.")
endif()
file(STRINGS "${MANIFEST}" files)
set(folders "")
foreach(file IN LISTS files)
  set(file "$ENV{DESTDIR}${file}")
  if(EXISTS "${file}" OR IS_SYMLINK "${file}")
    message(STATUS "Removing ${file}")
    file(REMOVE "${file}")
  endif()
  # From the file up to the last folder that carries our name.
  string(REGEX MATCHALL "/[^/]+" parts "${file}")
  set(path "")
  set(own OFF)
  foreach(part IN LISTS parts)
    string(APPEND path "${part}")
    if(part STREQUAL "/crossheap")
      set(own ON)
    endif()
    if(own AND IS_DIRECTORY "${path}")
      list(APPEND folders "${path}")
    endif()
  endforeach()
endforeach()
# The longest first, so that a folder is empty when its turn comes.
list(REMOVE_DUPLICATES folders)
list(SORT folders ORDER DESCENDING)
foreach(folder IN LISTS folders)
  file(GLOB left LIST_DIRECTORIES ON "${folder}/*" "${folder}/.*")
  if(NOT left)
    file(REMOVE_RECURSE "${folder}")
  endif()
endforeach()
