// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An emulator's own functions mmap, munmap, mremap and brk, which take a machine first, are not libc's.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct machine {
  char *memory;
  unsigned long used;
};
__attribute__((noinline)) long mmap(struct machine *m, unsigned guest, const char *name) {
  m->used += guest;
  return (long)strlen(name) + guest;
}
__attribute__((noinline)) int munmap(struct machine *m, unsigned guest) {
  m->used -= guest;
  return (int)m->used;
}
__attribute__((noinline)) void *brk(struct machine *m) { return m->memory; }
__attribute__((noinline)) void *sbrk(const char *why) { return (void *)why; }
__attribute__((noinline)) long mremap(double factor) { return (long)(factor * 2); }
int main(void) {
  struct machine m = {malloc(100000), 0};
  long sum = 0;
  for (int i = 0; i < 100; ++i) {
    sum += mmap(&m, 4096, "text") + mremap(i);
    brk(&m);
    sbrk("no reason");
    free(malloc(5000 + i));
    sum += munmap(&m, 4096);
  }
  free(m.memory);
  printf("%ld\n", sum);
}
