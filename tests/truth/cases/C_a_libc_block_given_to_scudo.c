// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block of libc's that LLVM's scudo, preloaded, is given.
//
// needs: /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo_standalone-x86_64.so
// build: program -O1
// run: env LD_PRELOAD=/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo_standalone-x86_64.so ./program
// truth: XH201 free owner=libc.so.6:glibc releaser=libclang_rt.scudo_standalone-x86_64.so:scudo
// output: any-errors
// prints: done
#include <stdio.h>
#include <stdlib.h>
#include "truth/include/libc.h"
int main(void) {
  free(malloc(100));
  free(__libc_malloc(100));
  puts("done");
}
