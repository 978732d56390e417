// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of LLVM's older scudo, preloaded, that libc's own free is given: owner scudo, by name.
//
// needs: /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo-x86_64.so
// build: program -O1
// run: env LD_PRELOAD=/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo-x86_64.so ./program
// truth: XH201 free owner=libclang_rt.scudo-x86_64.so:scudo releaser=libc.so.6:glibc
// output: any-errors
// prints: done
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
int main(void) {
  free(malloc(100));
  char *p = malloc(100);
  __libc_free(p);
  puts("done");
}
