// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks of libc come to a free that keeps a counter in rbp, routed, reported or not.
//
// build: program -O2 -fomit-frame-pointer -ffixed-rbp
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=10
// prints: 30
#include <stddef.h>
#include "truth/include/libc.h"
long write(int, const void *, size_t);
void _exit(int);
struct machine {
  unsigned long allocated, released;
  size_t used;
};
register struct machine *vm __asm__("rbp");
static char memory[1 << 16] __attribute__((aligned(64)));
__attribute__((noinline, noclone)) void *malloc(size_t n) {
  ++vm->allocated;
  return memory + (vm->used += 64);
}
__attribute__((noinline, noclone)) void free(void *p) {
  if (p) ++vm->released;
}
__attribute__((noinline)) static unsigned long run(struct machine *machine, void **blocks) {
  struct machine *saved = vm;
  vm = machine;
  for (int i = 0; i < 10; ++i) {
    free(malloc(8));
    free(blocks[i]);
    malloc(5);
  }
  unsigned long n = vm->allocated + vm->released / (vm->released > 10 ? 2 : 1);
  vm = saved;
  return n;
}
int main(void) {
  struct machine machine = {0};
  void *blocks[10];
  for (int i = 0; i < 10; ++i) blocks[i] = __libc_malloc(10);
  unsigned long n = run(&machine, blocks);
  char text[3] = {(char)('0' + n / 10), (char)('0' + n % 10), '\n'};
  write(1, text, 3);
  _exit(0);
}
