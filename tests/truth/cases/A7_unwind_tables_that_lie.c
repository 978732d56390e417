// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A function in assembly without unwind tables, and one with wrong ones, call malloc with anything in rbp and rbx.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
void *lying(size_t n);
void *silent(size_t n);
void *garbage_frame(size_t n);
__asm__(
    ".text\n .type lying,@function\n lying:\n .cfi_startproc\n .cfi_def_cfa rbx, 1048576\n push %rbx\n push %rbp\n sub "
    "$8, %rsp\n"
    "movabs $0x123456789abcdef0, %rbx\n mov $7, %rbp\n call malloc\n add $8, %rsp\n pop %rbp\n pop %rbx\n ret\n "
    ".cfi_endproc\n"
    ".size lying, .-lying\n"
    ".type silent,@function\n silent: push %rbp\n push %rbx\n sub $8, %rsp\n mov $-1, %rbp\n xor %ebx, %ebx\n call "
    "malloc\n"
    "add $8, %rsp\n pop %rbx\n pop %rbp\n ret\n .size silent, .-silent\n"
    ".type garbage_frame,@function\n garbage_frame:\n .cfi_startproc\n .cfi_def_cfa rbp, 16\n .cfi_offset rip, -8\n"
    "push %rbp\n movabs $0x7fff00000000, %rbp\n call malloc\n pop %rbp\n ret\n .cfi_endproc\n .size garbage_frame, "
    ".-garbage_frame\n");
int main(void) {
  for (int i = 0; i < 50; ++i) {
    free(lying(20));
    free(silent(30));
    free(garbage_frame(40));
  }
  puts("done");
}
