// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that runs under a filter from its start, as in a container, opens a library with an allocator of its own:
// the library is watched as ever.
//
// build: libpool.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic -fvisibility=hidden
// build: program -O1 -ldl
// truth: XH201 free owner=libc.so.6:glibc releaser=libpool.so
// abort: 0
// prints: done
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#include "truth/include/own.h"
__attribute__((visibility("default"))) void library_put(void *p) { free(p); }
__attribute__((visibility("default"))) void *library_get(void) { return malloc(10); }
#else
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include "truth/include/filter.h"
int main(int count, char **words) {
  if (count > 1) {
    void *library = dlopen("./libpool.so", RTLD_NOW);
    ((void (*)(void *))dlsym(library, "library_put"))(((void *(*)(void))dlsym(library, "library_get"))());
    ((void (*)(void *))dlsym(library, "library_put"))(malloc(20));
    puts("done");
    return 0;
  }
  if (fork() == 0) {
    deny((const int[]){SYS_reboot, SYS_kexec_load, SYS_getpid, SYS_madvise, SYS_mincore}, 5);
    execl("./program", "program", "again", (char *)0);
    _exit(1);
  }
  wait(0);
}
#endif
