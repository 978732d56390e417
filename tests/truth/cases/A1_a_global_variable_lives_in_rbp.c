// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A virtual machine keeps its state in rbp, by GCC's global register variables. Its own malloc and free use it.
//
// build: program -O2 -fomit-frame-pointer -ffixed-rbp
// truth: clean
#include <stddef.h>
#include <stdio.h>
struct machine {
  unsigned long allocated, released;
  size_t used;
};
register struct machine *vm __asm__("rbp");
static char memory[1 << 20] __attribute__((aligned(64)));
__attribute__((noinline, noclone)) void *malloc(size_t n) {
  void *p = memory + vm->used;
  vm->used += (n + 31) & ~15ul;
  ++vm->allocated;
  return p;
}
__attribute__((noinline, noclone)) void free(void *p) {
  if (p) ++vm->released;
}
__attribute__((noinline)) static void run(struct machine *machine, unsigned long *out) {
  struct machine *saved = vm;
  vm = machine;
  for (int i = 0; i < 100; ++i) free(malloc(8));
  out[0] = vm->allocated;
  out[1] = vm->released;
  vm = saved;
}
int main(void) {
  struct machine machine = {0};
  unsigned long out[2];
  run(&machine, out);
  char text[64];
  int n = 0;
  for (int k = 0; k < 2; ++k) {
    text[n++] = (char)('0' + out[k] / 100);
    text[n++] = (char)('0' + out[k] / 10 % 10);
    text[n++] = (char)('0' + out[k] % 10);
    text[n++] = '\n';
  }
  extern long write(int, const void *, size_t);
  write(1, text, (size_t)n);
  extern void _exit(int);
  _exit(0);
}
