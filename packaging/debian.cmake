# Makes of what was installed for a package what Debian's policy asks for: compressed pages, a changelog, a copyright file, programs
# without debug information. cpack runs it once, with all components in CPACK_TEMPORARY_DIRECTORY.
find_program(STRIP strip REQUIRED)
find_program(GZIP gzip REQUIRED)
foreach(component_and_package program:crossheap experiment:crossheap-experiment)
  string(REPLACE ":" ";" pair ${component_and_package})
  list(GET pair 0 component)
  list(GET pair 1 package)
  set(root ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
  if(NOT IS_DIRECTORY ${root})
    continue()
  endif()

  # The program and what runs in other processes. The experiment's builds keep their symbols: these are what it examines.
  # The workloads keep the names of their functions, and not their lines, which are thirty times as large.
  file(GLOB workloads ${root}/lib/crossheap/bench/*)
  foreach(file IN LISTS workloads)
    execute_process(COMMAND ${STRIP} --strip-debug ${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  foreach(file bin/crossheap lib/crossheap/libcrossheap-agent.so lib/crossheap/libcrossheap-observer.so
      lib/crossheap/libcrossheap-recorder.so lib/crossheap/crossheap-drill lib/crossheap/crossheap-launcher)
    if(EXISTS ${root}/${file})
      execute_process(COMMAND ${STRIP} --strip-unneeded --remove-section=.comment ${root}/${file} COMMAND_ERROR_IS_FATAL ANY)
    endif()
  endforeach()

  set(documents ${root}/share/doc/${package})
  file(MAKE_DIRECTORY ${documents})
  file(READ ${CPACK_CROSSHEAP_PACKAGING}/copyright copyright)
  file(WRITE ${documents}/copyright "${copyright}")
  string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${documents}/changelog "crossheap (${CPACK_PACKAGE_VERSION}) unstable; urgency=low\n\n  * The changes are in CHANGELOG.md.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  # Licences stand in the copyright file.
  file(REMOVE ${documents}/LICENSE-MIT ${documents}/LICENSE-APACHE)
  # The sources of the manual pages, which are installed as such.
  file(GLOB sources ${documents}/docs/*.1)
  if(sources)
    file(REMOVE ${sources})
  endif()
  file(GLOB pages ${root}/share/man/man1/*.1)
  execute_process(COMMAND ${GZIP} -9nf ${pages} ${documents}/changelog COMMAND_ERROR_IS_FATAL ANY)
  if(EXISTS ${CPACK_CROSSHEAP_PACKAGING}/${package}.lintian-overrides)
    file(MAKE_DIRECTORY ${root}/share/lintian/overrides)
    configure_file(${CPACK_CROSSHEAP_PACKAGING}/${package}.lintian-overrides ${root}/share/lintian/overrides/${package} COPYONLY)
  endif()

  # Debian keeps what is of one architecture apart. A .pc file finds its prefix from its own place.
  if(IS_DIRECTORY ${root}/lib/pkgconfig)
    execute_process(COMMAND dpkg-architecture -qDEB_HOST_MULTIARCH OUTPUT_VARIABLE triplet OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB descriptions ${root}/lib/pkgconfig/*.pc)
    foreach(description IN LISTS descriptions)
      get_filename_component(name ${description} NAME)
      file(READ ${description} text)
      string(REPLACE "\${pcfiledir}/../.." "\${pcfiledir}/../../.." text "${text}")
      file(WRITE ${root}/lib/${triplet}/pkgconfig/${name} "${text}")
    endforeach()
    file(REMOVE_RECURSE ${root}/lib/pkgconfig)
  endif()

  # The permissions of files and folders do not depend on whose umask it was.
  file(GLOB_RECURSE files LIST_DIRECTORIES ON ${root}/*)
  foreach(file IN LISTS files)
    if(IS_SYMLINK ${file})
      continue()
    endif()
    execute_process(COMMAND chmod u=rwX,go=rX ${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  # A library is no program.
  file(GLOB_RECURSE libraries ${root}/*.so ${root}/*.a)
  if(libraries)
    execute_process(COMMAND chmod 644 ${libraries} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
