// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks of libc are resized by mimalloc's functions: what each call promises is kept.
//
// needs: libmimalloc.so.2.0
// build: program -O1 -l:libmimalloc.so.2.0
// policies: route
// truth: XH202 realloc owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=1 routed=any
// truth: XH202 mi_reallocf owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=any routed=any
// truth: XH202 mi_recalloc owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=any routed=any
// truth: XH202 mi_rezalloc owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=any routed=any
// truth: XH202 mi_realloc_aligned owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=any routed=any
// truth: XH202 mi_reallocn owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=any routed=any
// truth: XH202 reallocarray owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=any routed=any
// truth: XH201 _ZdlPvm owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=1
// truth: XH201 mi_free_aligned owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=1
// truth: XH201 mi_free_size_aligned owner=libc.so.6:glibc releaser=libmimalloc.so.2 count=1
// alone: any
// output: any
#include <dlfcn.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *mi_realloc(void *, size_t), *mi_reallocf(void *, size_t), *mi_recalloc(void *, size_t, size_t),
    *mi_rezalloc(void *, size_t);
void *mi_realloc_aligned(void *, size_t, size_t), *mi_reallocn(void *, size_t, size_t);
void mi_free_size(void *, size_t), mi_free_aligned(void *, size_t), mi_free_size_aligned(void *, size_t, size_t);
static void *(*libc_malloc)(size_t);
static void *block(void) { return strcpy(libc_malloc(40), "some text"); }
#define CHECK(x)             \
  if (!(x)) {                \
    printf("not: %s\n", #x); \
    fflush(stdout);          \
    _exit(1);                \
  }
int main(void) {
  libc_malloc = dlsym(dlopen("libc.so.6", RTLD_NOW), "malloc");
  char *p = mi_realloc(block(), 100);
  CHECK(!p || !strcmp(p, "some text"));
  p = mi_reallocf(block(), 100);
  CHECK(!p || !strcmp(p, "some text"));
  // Too large for the cache of released blocks, which malloc_info's numbers count as in use.
  struct mallinfo2 (*in_use)(void) = dlsym(dlopen("libc.so.6", RTLD_NOW), "mallinfo2");
  size_t before = in_use().uordblks;
  void *large = libc_malloc(20000);
  CHECK(in_use().uordblks > before);
  p = mi_reallocf(large, PTRDIFF_MAX);
  CHECK(!p);
  CHECK(in_use().uordblks == before);
  p = mi_recalloc(block(), 10, 100);
  CHECK(!p || (!strcmp(p, "some text") && p[999] == 0 && p[100] == 0));
  p = mi_rezalloc(block(), 1000);
  CHECK(!p || (!strcmp(p, "some text") && p[999] == 0 && p[100] == 0));
  p = mi_realloc_aligned(block(), 1000, 256);
  CHECK(!p || (!strcmp(p, "some text") && (unsigned long)p % 256 == 0));
  p = mi_reallocn(block(), SIZE_MAX, 16);
  CHECK(!p);
  p = reallocarray(block(), 10, 10);
  CHECK(!p || !strcmp(p, "some text"));
  mi_free_size(block(), 40);
  mi_free_aligned(block(), 16);
  mi_free_size_aligned(block(), 40, 16);
  puts("end");
}
