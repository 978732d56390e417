// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Under a filter that allows mmap, munmap, mremap and write, blocks of 40 to 200 MiB are had, moved and released.
//
// build: program -O1
// truth: clean
#include <stdlib.h>
#include <unistd.h>
#include "truth/include/filter.h"
int main(void) {
  free(malloc(10));
  allow_only((const int[]){SYS_brk, SYS_write, SYS_exit_group, SYS_mmap, SYS_munmap, SYS_mremap}, 6);
  for (int i = 0; i < 50; ++i) {
    char *p = malloc((40ul + (unsigned long)i * 3) << 20);
    p[1 << 20] = 1;
    p = realloc(p, (20ul + (unsigned long)i * 7) << 20);
    free(p);
  }
  write(1, "done\n", 5);
  _exit(0);
}
