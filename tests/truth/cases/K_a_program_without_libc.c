// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that needs no library at all has its own malloc and start.
//
// build: program -O1 -nostdlib -fno-stack-protector -Wl,-dynamic-linker,/lib64/ld-linux-x86-64.so.2 -Wl,-E
// truth: clean
static char pool[4096];
static unsigned long used;
__attribute__((noinline)) void *malloc(unsigned long n) { return pool + (used += (n + 15) & ~15ul) - n; }
static volatile unsigned long released;
__attribute__((noinline)) void free(void *p) { released += p != 0; }
static long call(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return r;
}
__attribute__((force_align_arg_pointer)) void _start(void) {
  for (int i = 0; i < 20; ++i) free(malloc(10));
  char text[] = "x\n";
  text[0] = 'a' + (char)released;
  call(1, 1, (long)text, 2);
  call(231, 0, 0, 0);
}
