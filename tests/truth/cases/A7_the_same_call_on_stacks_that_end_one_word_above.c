// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same call at the same stack address, first with many frames above it, then with a guard page two words above.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
// leaf(block**, sp): switches to sp, calls malloc(24) from one fixed place, and comes back.
void *call_at(void *sp, size_t n);
__asm__(
    ".text\n .type call_at,@function\n call_at:\n .cfi_startproc\n push %rbx\n .cfi_adjust_cfa_offset 8\n .cfi_offset "
    "rbx, -16\n"
    "mov %rsp, %rbx\n .cfi_def_cfa_register rbx\n mov %rdi, %rsp\n mov %rsi, %rdi\n call malloc\n"
    "mov %rbx, %rsp\n .cfi_def_cfa_register rsp\n pop %rbx\n .cfi_adjust_cfa_offset -8\n ret\n .cfi_endproc\n .size "
    "call_at, .-call_at\n");
int main(void) {
  char *memory = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int round = 0; round < 20; ++round) {
    mprotect(memory, 1 << 16, PROT_READ | PROT_WRITE);
    free(call_at(memory + (1 << 15), 24));
    mprotect(memory + (1 << 15), 1 << 15, PROT_NONE);
    free(call_at(memory + (1 << 15), 24));
    free(call_at(memory + (1 << 15), 30));
  }
  puts("done");
}
