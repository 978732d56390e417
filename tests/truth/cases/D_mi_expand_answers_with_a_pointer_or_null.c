// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mi_expand of a block of libc's is routed: it answers as mi_expand does, with the block or null, never with a size.
//
// build: program -O1 -ldl
// needs: libmimalloc.so.2
// truth: XH202 mi_expand owner=libc.so.6:glibc releaser=libmimalloc.so.2:mimalloc count=2
// prints: done
// abort: 134
// alone: any
// limit: only route is compared; mimalloc reads what is no page of its
// policies: route
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *mimalloc = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  void *(*expand)(void *, size_t) = (void *(*)(void *, size_t))dlsym(mimalloc, "mi_expand");
  void *p = malloc(100);
  void *q = expand(p, 90);
  void *r = expand(p, 1 << 20);
  puts((q == p || q == 0) && r == 0 ? "done" : "neither the block nor null");
  free(p);
}
