// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library is opened under a filter that allows what the loader needs for it and nothing else.
//
// build: libplain.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#include <stdlib.h>
void *plain(int n) { return malloc(n); }
#else
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
#include "truth/include/filter.h"
int main(void) {
  free(malloc(10));
  allow_only((const int[]){SYS_brk, SYS_write, SYS_exit_group, SYS_openat, SYS_read, SYS_pread64, SYS_fstat,
                           SYS_newfstatat, SYS_mmap, SYS_mprotect, SYS_close, SYS_munmap, SYS_getcwd},
             13);
  void *library = dlopen("./libplain.so", RTLD_NOW);
  if (library) free(((void *(*)(int))dlsym(library, "plain"))(10));
  write(1, library ? "done\n" : "fail\n", 5);
  _exit(0);
}
#endif
