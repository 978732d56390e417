// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From an island into a hook and back: saves the six integer argument registers as a Call (site.h), and has unwind
// tables, so that a backtrace or an exception (a throwing operator new) passes through. In: r11 is the Site. What a
// caller may not rely on across a call (rax, r10, r11, vector registers) is not kept: no watched function takes an
// argument there.

#define NOTE_0 0
#define RESULT 16
#define SITE 24
#define ARGUMENTS 32
#define FRAME 80 /* up to the return address */

#define SITE_RESUME 0
#define SITE_BEFORE 8
#define SITE_AFTER 16

#define VERDICT_PROCEED 0
#define VERDICT_PROCEED_QUIETLY 1

        .text

// Saves the Call, aligns the stack and runs `before`; its verdict is in rax.
        .macro  run_before
        sub     $(FRAME + 8), %rsp /* 8: the stack is 16-aligned again */
        .cfi_adjust_cfa_offset FRAME + 8
        mov     %r11, 8+SITE(%rsp)
        mov     %rdi, 8+ARGUMENTS(%rsp)
        mov     %rsi, 8+ARGUMENTS+8(%rsp)
        mov     %rdx, 8+ARGUMENTS+16(%rsp)
        mov     %rcx, 8+ARGUMENTS+24(%rsp)
        mov     %r8, 8+ARGUMENTS+32(%rsp)
        mov     %r9, 8+ARGUMENTS+40(%rsp)
        lea     8(%rsp), %rdi
        call    *SITE_BEFORE(%r11)
        .endm

        .macro  load_arguments
        mov     8+SITE(%rsp), %r11
        mov     8+ARGUMENTS(%rsp), %rdi
        mov     8+ARGUMENTS+8(%rsp), %rsi
        mov     8+ARGUMENTS+16(%rsp), %rdx
        mov     8+ARGUMENTS+24(%rsp), %rcx
        mov     8+ARGUMENTS+32(%rsp), %r8
        mov     8+ARGUMENTS+40(%rsp), %r9
        .endm

        .macro  leave_frame
        add     $(FRAME + 8), %rsp
        .cfi_adjust_cfa_offset -(FRAME + 8)
        .endm

        .globl  crossheap_agent_enter_before
        .hidden crossheap_agent_enter_before
        .type   crossheap_agent_enter_before, @function
        .p2align 4
crossheap_agent_enter_before:
        .cfi_startproc
        run_before
        cmp     $VERDICT_PROCEED_QUIETLY, %rax
        ja      1f
        load_arguments
        leave_frame
        jmp     *SITE_RESUME(%r11)
        .cfi_adjust_cfa_offset FRAME + 8
1:      mov     8+RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_endproc
        .size   crossheap_agent_enter_before, . - crossheap_agent_enter_before

        .globl  crossheap_agent_enter_around
        .hidden crossheap_agent_enter_around
        .type   crossheap_agent_enter_around, @function
        .p2align 4
crossheap_agent_enter_around:
        .cfi_startproc
        .cfi_personality 0x9b, DW.ref.crossheap_agent_personality
        run_before
        cmp     $VERDICT_PROCEED_QUIETLY, %rax
        je      2f
        ja      3f
        load_arguments
        call    *SITE_RESUME(%r11)
        mov     %rax, 8+RESULT(%rsp)
        mov     8+SITE(%rsp), %r11
        lea     8(%rsp), %rdi
        call    *SITE_AFTER(%r11)
        mov     8+RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_adjust_cfa_offset FRAME + 8
2:      load_arguments
        leave_frame
        jmp     *SITE_RESUME(%r11)
        .cfi_adjust_cfa_offset FRAME + 8
3:      mov     8+RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_endproc
        .size   crossheap_agent_enter_around, . - crossheap_agent_enter_around

        .hidden DW.ref.crossheap_agent_personality
        .weak   DW.ref.crossheap_agent_personality
        .section .data.rel.local.DW.ref.crossheap_agent_personality,"awG",@progbits,DW.ref.crossheap_agent_personality,comdat
        .p2align 3
        .type   DW.ref.crossheap_agent_personality, @object
        .size   DW.ref.crossheap_agent_personality, 8
DW.ref.crossheap_agent_personality:
        .quad   crossheap_agent_personality

        .section .note.GNU-stack, "", @progbits
