// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library with an allocator is opened, used and closed on smaller and smaller stacks: what is enough for the loader
// alone is enough.
//
// build: libown.so -DLIBRARY -shared -fPIC -O1 -Wl,-Bsymbolic
// build: program -O1
// truth: clean
#ifdef LIBRARY
#include "truth/include/opened.h"
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "truth/include/stacks.h"
static int closed;
static void open_it(void *unused) {
  for (int i = 0; i < 2; ++i) {
    void *library = dlopen("./libown.so", RTLD_NOW);
    if (!library) return;
    void *(*take)(size_t) = (void *(*)(size_t))dlsym(library, "lib_take");
    void (*give)(void *) = (void (*)(void *))dlsym(library, "lib_give");
    give(take(10));
    closed += dlclose(library) == 0;
  }
}
int main(void) {
  enum { kHalf = 32 << 10, kStep = 64, kMuch = 5 << 10 };
  char *low = mmap(0, 2 * kHalf, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(low + kHalf, kHalf, PROT_READ | PROT_WRITE);
  int too_small = 0, enough = kHalf / 2;
  while (enough - too_small > kStep) {
    int size = (too_small + enough) / 2;
    if (fork() == 0) {
      run_on(low + kHalf + size, open_it, 0);
      _exit(closed != 2);
    }
    int status;
    wait(&status);
    *(status == 0 ? &enough : &too_small) = size;
  }
  puts(enough < kMuch ? "less than 5 KiB" : "more than 5 KiB");
}
#endif
