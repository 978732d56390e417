// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From an island into a hook and back: saves the six integer argument registers and rbp as a Call (site.h), and has unwind
// tables, so that a backtrace or an exception (a throwing operator new) passes through. In: r11 is the Site. What a
// caller may not rely on across a call (rax, r10, r11, vector registers) is not kept: no watched function takes an
// argument there.

#define FRAME_POINTER 0
#define RESULT 24
#define SITE 32
#define ARGUMENTS 40
#define FRAME 88 /* up to the return address; the stack is 16-aligned below it */

#define SITE_RESUME 0
#define SITE_BEFORE 8
#define SITE_AFTER 16

#define VERDICT_PROCEED 0
#define VERDICT_PROCEED_QUIETLY 1

        .text

// Saves the Call and runs the hook; its verdict is in rax.
        .macro  run_before hook
        sub     $FRAME, %rsp
        .cfi_adjust_cfa_offset FRAME
        mov     %rbp, FRAME_POINTER(%rsp)
        mov     %r11, SITE(%rsp)
        mov     %rdi, ARGUMENTS(%rsp)
        mov     %rsi, ARGUMENTS+8(%rsp)
        mov     %rdx, ARGUMENTS+16(%rsp)
        mov     %rcx, ARGUMENTS+24(%rsp)
        mov     %r8, ARGUMENTS+32(%rsp)
        mov     %r9, ARGUMENTS+40(%rsp)
        mov     %rsp, %rdi
        call    \hook
        .endm

        .macro  load_arguments
        mov     SITE(%rsp), %r11
        mov     ARGUMENTS(%rsp), %rdi
        mov     ARGUMENTS+8(%rsp), %rsi
        mov     ARGUMENTS+16(%rsp), %rdx
        mov     ARGUMENTS+24(%rsp), %rcx
        mov     ARGUMENTS+32(%rsp), %r8
        mov     ARGUMENTS+40(%rsp), %r9
        .endm

        .macro  leave_frame
        add     $FRAME, %rsp
        .cfi_adjust_cfa_offset -FRAME
        .endm

        .globl  crossheap_agent_enter_before
        .hidden crossheap_agent_enter_before
        .type   crossheap_agent_enter_before, @function
        .p2align 4
crossheap_agent_enter_before:
        .cfi_startproc
        run_before *SITE_BEFORE(%r11)
        cmp     $VERDICT_PROCEED_QUIETLY, %rax
        ja      1f
        load_arguments
        leave_frame
        jmp     *SITE_RESUME(%r11)
        .cfi_adjust_cfa_offset FRAME
1:      mov     RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_endproc
        .size   crossheap_agent_enter_before, . - crossheap_agent_enter_before

// name: the function as seen from outside; before, after: what to call, from r11 where it is the site's.
        .macro  around name before after
        .globl  \name
        .hidden \name
        .type   \name, @function
        .p2align 4
\name:
        .cfi_startproc
        .cfi_personality 0x9b, DW.ref.crossheap_agent_personality
        run_before \before
        cmp     $VERDICT_PROCEED_QUIETLY, %rax
        je      2f
        ja      3f
        load_arguments
        call    *SITE_RESUME(%r11)
        mov     %rax, RESULT(%rsp)
        mov     SITE(%rsp), %r11
        mov     %rsp, %rdi
        call    \after
        mov     RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_adjust_cfa_offset FRAME
2:      load_arguments
        leave_frame
        jmp     *SITE_RESUME(%r11)
        .cfi_adjust_cfa_offset FRAME
3:      mov     RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_endproc
        .size   \name, . - \name
        .endm

        around  crossheap_agent_enter_around, *SITE_BEFORE(%r11), *SITE_AFTER(%r11)
// The two that run all the time: their hooks are always the same, and called directly.
        around  crossheap_agent_enter_allocate, crossheap_agent_before_allocate, crossheap_agent_after_allocate
        around  crossheap_agent_enter_release, crossheap_agent_before_release, crossheap_agent_after_release

        .hidden DW.ref.crossheap_agent_personality
        .weak   DW.ref.crossheap_agent_personality
        .section .data.rel.local.DW.ref.crossheap_agent_personality,"awG",@progbits,DW.ref.crossheap_agent_personality,comdat
        .p2align 3
        .type   DW.ref.crossheap_agent_personality, @object
        .size   DW.ref.crossheap_agent_personality, 8
DW.ref.crossheap_agent_personality:
        .quad   crossheap_agent_personality

        .section .note.GNU-stack, "", @progbits
