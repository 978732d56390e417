// SPDX-License-Identifier: MIT OR Apache-2.0
//
// run_on(TOP, BODY, ARGUMENT) calls BODY(ARGUMENT) on another stack, whose first free byte is TOP - 1; nothing above it
// is used.
#pragma once
void run_on(void *top, void (*body)(void *), void *argument);
__asm__(
    ".text\n .type run_on,@function\n run_on:\n .cfi_startproc\n push %rbx\n .cfi_adjust_cfa_offset 8\n .cfi_offset "
    "rbx, -16\n"
    "mov %rsp, %rbx\n .cfi_def_cfa_register rbx\n mov %rdi, %rsp\n and $-16, %rsp\n mov %rdx, %rdi\n call *%rsi\n"
    "mov %rbx, %rsp\n .cfi_def_cfa_register rsp\n pop %rbx\n .cfi_adjust_cfa_offset -8\n ret\n .cfi_endproc\n"
    ".size run_on, .-run_on\n");
