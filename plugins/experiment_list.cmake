# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The experiment's list of builds, experiment.json: how each CMakeLists.txt adds to it, and how it is written.
# matrix/experiment.h reads it. The JSON is put together by CMake's own string(JSON), which refuses what is no JSON.
#
# A semicolon separates the elements of a CMake list, so no value may have one.

# crossheap_json_string(RESULT TEXT): TEXT as a JSON string, with its quotes.
function(crossheap_json_string result text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# crossheap_list(hosts|plugins|left_out KEY VALUE... [WORDS KEY WORD...]): adds an entry. WORDS is an array of strings.
function(crossheap_list list)
  cmake_parse_arguments(PARSE_ARGV 1 entry "" "" "WORDS")
  set(object "{}")
  while(entry_UNPARSED_ARGUMENTS)
    list(POP_FRONT entry_UNPARSED_ARGUMENTS key value)
    crossheap_json_string(value "${value}")
    string(JSON object SET "${object}" ${key} "${value}")
  endwhile()
  if(entry_WORDS)
    list(POP_FRONT entry_WORDS key)
    list(TRANSFORM entry_WORDS REPLACE "\\\\" "\\\\\\\\")
    list(TRANSFORM entry_WORDS REPLACE "\"" "\\\\\"")
    list(JOIN entry_WORDS "\", \"" words)
    string(JSON object SET "${object}" ${key} "[\"${words}\"]")
  endif()
  set_property(GLOBAL APPEND PROPERTY CROSSHEAP_LIST_${list} "${object}")
endfunction()

# crossheap_left_out(WHAT REASON): a build of the experiment that this machine cannot make.
function(crossheap_left_out what reason)
  crossheap_list(left_out what "${what}" reason "${reason}")
endfunction()

# crossheap_write_list(FILE): writes what was added; the file changes only when its contents do.
function(crossheap_write_list file)
  set(lists "{}")
  foreach(list hosts plugins left_out)
    get_property(entries GLOBAL PROPERTY CROSSHEAP_LIST_${list})
    list(JOIN entries "," entries)
    string(JSON lists SET "${lists}" ${list} "[${entries}]")
  endforeach()
  file(WRITE ${file}.new "${lists}\n")
  file(COPY_FILE ${file}.new ${file} ONLY_IF_DIFFERENT)
  file(REMOVE ${file}.new)
endfunction()
