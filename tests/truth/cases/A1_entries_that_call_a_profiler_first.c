// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Own malloc and free begin with a call of __fentry__, which writes down who called whom.
//
// build: program -O2 -pg -mfentry -no-pie
// build: pie -O2 -pg -mfentry
// run: sh -c "./program && ./pie"
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static unsigned long sites[64][2];
static unsigned counts[64], used;
__attribute__((no_instrument_function, used)) void note_call(unsigned long self, unsigned long from) {
  for (unsigned i = 0; i < used; ++i)
    if (sites[i][0] == self && sites[i][1] == from) {
      ++counts[i];
      return;
    }
  if (used == 64) return;
  sites[used][0] = self;
  sites[used][1] = from;
  counts[used++] = 1;
}
__asm__(
    ".globl my_fentry\n my_fentry:\n push %rax\n push %rcx\n push %rdx\n push %rsi\n push %rdi\n push %r8\n push %r9\n "
    "push %r10\n push %r11\n"
    "mov 72(%rsp), %rdi\n mov 80(%rsp), %rsi\n push %rbp\n mov %rsp, %rbp\n and $-16, %rsp\n call note_call\n mov "
    "%rbp, %rsp\n pop %rbp\n"
    "pop %r11\n pop %r10\n pop %r9\n pop %r8\n pop %rdi\n pop %rsi\n pop %rdx\n pop %rcx\n pop %rax\n ret\n"
    ".globl __fentry__\n .set __fentry__, my_fentry\n");
void *malloc(size_t);
void free(void *);
static char pool[1 << 16];
static size_t at;
__attribute__((noinline)) void *malloc(size_t n) { return pool + (at += (n + 15) & ~15ul) - n; }
__attribute__((noinline)) void free(void *p) { __asm__ volatile("" ::"r"(p) : "memory"); }
__attribute__((noinline)) static void work(int n) {
  for (int i = 0; i < n; ++i) free(malloc(8));
}
__attribute__((no_instrument_function)) int main(void) {
  work(100);
  unsigned ours = 0;
  for (unsigned i = 0; i < used; ++i)
    if (sites[i][0] - 5 == (unsigned long)malloc || sites[i][0] - 6 == (unsigned long)malloc ||
        sites[i][0] - 5 == (unsigned long)free || sites[i][0] - 6 == (unsigned long)free)
      ours += counts[i];
  unsigned from_work = 0;
  for (unsigned i = 0; i < used; ++i)
    if (sites[i][1] >= (unsigned long)work && sites[i][1] < (unsigned long)work + 200) from_work += counts[i];
  printf("%u %u\n", ours, from_work);
  _exit(0);
}
