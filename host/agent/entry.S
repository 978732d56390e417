// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From an island into a hook and back: saves the registers of a call as a Call (site.h), and has unwind tables, so that a
// backtrace or an exception (a throwing operator new) passes through. In: r11 is the Site.
//
// Each way exists in two forms.
//
//   fast        for a definition that another object could replace (exported by a shared object), of an allocator whose
//               functions are known to be ordinary ones. No compiler knows which registers such a function changes, so a
//               caller relies on none that a call may change (rax, r10, r11, flags, vector registers), and they are not
//               kept. Of the others only the arguments must arrive.
//   preserving  for every other definition. GCC's -fipa-ra, part of -O2, looks at the function that a call will reach and
//               keeps values in the registers that this function, as compiled, leaves alone: any register at all, and the
//               flags. So the function begins with all registers as its caller left them, and the caller sees them as the
//               function left them. An example: `static void release(void *p) { free(p); }` of an executable with its own
//               free, which uses rdi and rcx only; its caller keeps a sum in xmm3 and a pointer in r11 across the call.
//
// The hooks are compiled for plain SSE2 and call nothing of libc that is chosen by processor (runtime.cpp), so of the
// vector registers they can change the lower halves of xmm0 to xmm15 and nothing else: the instructions without VEX prefix
// leave the rest of ymm and zmm alone. Nothing of x87, mask registers or tiles is used.
//
// The preserving form also serves calls on a stack that is not 16-aligned: the hook runs on a stack that is, the function
// on the one its caller gave it.
//
// While the function runs around form, rbp stands on our frame as a frame pointer does, so that unwinders that follow rbp
// (the sanitizers') see the caller behind us. In the preserving form this is so only where the function begins as one that
// makes a frame (Site::makes_frame). Another one may find a variable in rbp, by which its program's functions know each
// other (GCC's global register variables), and may change it.

#include "agent/entry_layout.h"

#define RESULT CROSSHEAP_CALL_RESULT
#define SITE CROSSHEAP_CALL_SITE
#define ARGUMENTS CROSSHEAP_CALL_ARGUMENTS
#define FRAME_POINTER CROSSHEAP_CALL_FRAME_POINTER
#define FRAME CROSSHEAP_CALL_RETURN_ADDRESS /* up to the return address; the stack is 16-aligned below it */

#define SITE_RESUME CROSSHEAP_SITE_RESUME
#define SITE_BEFORE CROSSHEAP_SITE_BEFORE
#define SITE_AFTER CROSSHEAP_SITE_AFTER
#define SITE_PASSES CROSSHEAP_SITE_PASSES
#define SITE_MAKES_FRAME CROSSHEAP_SITE_MAKES_FRAME

#define THREAD_STATE _ZN9crossheap5agent12thread_stateE /* of guard.h */

// The preserving form's frame: the vector registers, what a Call has no room for, and the Call on top.
#define KEPT_RAX 256
#define KEPT_R10 264
#define KEPT_R11 272
#define KEPT_RBX 280
#define KEPT_FLAGS 288
#define RESUME 296
#define KEPT_RDI 304
#define RBP_INSIDE KEPT_RDI /* for the function; over by then */
#define KEPT_RSI 312
#define KEPT_RDX 320
#define KEPT_RCX 328
#define KEPT_R8 336
#define KEPT_R9 344
#define CALL 352
#define WIDE_FRAME (CALL + FRAME)
#define RED_ZONE_R11 (WIDE_FRAME - CROSSHEAP_RED_ZONE_R11)

        .text

// --- Fast ------------------------------------------------------------------------------------------------------------

// Saves the Call. A stack that is not aligned leads to the other form.
        .macro  save_call
        sub     $FRAME, %rsp
        .cfi_adjust_cfa_offset FRAME
        test    $15, %spl
        jnz     9f
        mov     %rbp, FRAME_POINTER(%rsp)
        mov     %r11, SITE(%rsp)
        mov     %rdi, ARGUMENTS(%rsp)
        mov     %rsi, ARGUMENTS+8(%rsp)
        mov     %rdx, ARGUMENTS+16(%rsp)
        mov     %rcx, ARGUMENTS+24(%rsp)
        mov     %r8, ARGUMENTS+32(%rsp)
        mov     %r9, ARGUMENTS+40(%rsp)
        .endm

// The same, and runs the hook; its verdict is in rax.
        .macro  run_before hook
        save_call
        mov     %rsp, %rdi
        call    \hook
        .endm

// What crossheap_agent_before_allocate does where the thread is in no watched function and in none of our hooks, and the
// function hands nothing on: most calls. rax and r10 are changed, and no argument. Other calls go to `otherwise`.
        .macro  begin_outermost otherwise
        mov     THREAD_STATE@gottpoff(%rip), %rax
        mov     %fs:CROSSHEAP_STATE_BUSY(%rax), %r10
        or      %fs:CROSSHEAP_STATE_IN_HEAP_CALL(%rax), %r10
        jnz     \otherwise
        cmpb    $0, SITE_PASSES(%r11)
        jne     \otherwise
        mov     %rsp, %fs:CROSSHEAP_STATE_OUTERMOST(%rax)
        movq    $0, %fs:CROSSHEAP_STATE_TAKEN(%rax)
        movl    $1, %fs:CROSSHEAP_STATE_IN_HEAP_CALL(%rax)
        .endm

        .macro  load_arguments base=0
        mov     \base+ARGUMENTS(%rsp), %rdi
        mov     \base+ARGUMENTS+8(%rsp), %rsi
        mov     \base+ARGUMENTS+16(%rsp), %rdx
        mov     \base+ARGUMENTS+24(%rsp), %rcx
        mov     \base+ARGUMENTS+32(%rsp), %r8
        mov     \base+ARGUMENTS+40(%rsp), %r9
        .endm

        .macro  leave_frame
        add     $FRAME, %rsp
        .cfi_adjust_cfa_offset -FRAME
        .endm

        .macro  begin name
        .globl  \name
        .hidden \name
        .type   \name, @function
        .p2align 4
\name:
        .cfi_startproc
        .endm

        .macro  end name
        .cfi_endproc
        .size   \name, . - \name
        .endm

// --- Preserving ------------------------------------------------------------------------------------------------------

        .macro  for_each_vector instruction from_memory
        .irp    number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        .if     \from_memory
        \instruction 16*\number(%rsp), %xmm\number
        .else
        \instruction %xmm\number, 16*\number(%rsp)
        .endif
        .endr
        .endm

        .macro  keep_flags
        pushfq
        .cfi_adjust_cfa_offset 8
        popq    KEPT_FLAGS(%rsp)
        .cfi_adjust_cfa_offset -8
        .endm

        .macro  give_flags_back
        pushq   KEPT_FLAGS(%rsp)
        .cfi_adjust_cfa_offset 8
        popfq
        .cfi_adjust_cfa_offset -8
        .endm

// Calls the hook with the Call, on an aligned stack. rbx is in its slot meanwhile. r11 is the Site.
        .macro  call_aligned hook
        lea     CALL(%rsp), %rdi
        mov     %rbx, KEPT_RBX(%rsp)
        mov     %rsp, %rbx
        .cfi_remember_state
        .cfi_def_cfa %rbx, WIDE_FRAME+8
        .cfi_offset %rbx, KEPT_RBX-WIDE_FRAME-8
        and     $-16, %rsp
        call    \hook
        mov     %rbx, %rsp
        mov     KEPT_RBX(%rsp), %rbx
        .cfi_restore_state
        .endm

        .macro  run_before_preserving hook
        lea     -WIDE_FRAME(%rsp), %rsp
        .cfi_adjust_cfa_offset WIDE_FRAME
        mov     %rax, KEPT_RAX(%rsp)
        mov     RED_ZONE_R11(%rsp), %rax
        mov     %rax, KEPT_R11(%rsp)
        mov     %r10, KEPT_R10(%rsp)
        keep_flags
        ordinary_flags
        for_each_vector movups 0
        mov     %rbp, CALL+FRAME_POINTER(%rsp)
        mov     %r11, CALL+SITE(%rsp)
        mov     SITE_RESUME(%r11), %rax
        mov     %rax, RESUME(%rsp)
        mov     %rdi, CALL+ARGUMENTS(%rsp)
        mov     %rsi, CALL+ARGUMENTS+8(%rsp)
        mov     %rdx, CALL+ARGUMENTS+16(%rsp)
        mov     %rcx, CALL+ARGUMENTS+24(%rsp)
        mov     %r8, CALL+ARGUMENTS+32(%rsp)
        mov     %r9, CALL+ARGUMENTS+40(%rsp)
        call_aligned \hook
        .endm

// The hooks are compiled for a direction flag that is clear and alignment that nobody checks. Of the fast form's functions
// (libc's, the known allocators') the same is true.
        .macro  ordinary_flags
        testl   $0x40400, KEPT_FLAGS(%rsp)
        jz      8f
        pushfq
        .cfi_adjust_cfa_offset 8
        andl    $~0x40400, (%rsp)
        popfq
        .cfi_adjust_cfa_offset -8
8:
        .endm

// All registers as the caller had them, but for rax, of which \rax says where it comes from.
        .macro  load_all rax
        for_each_vector movups 1
        load_arguments CALL
        mov     KEPT_R10(%rsp), %r10
        mov     KEPT_R11(%rsp), %r11
        give_flags_back
        mov     \rax(%rsp), %rax
        .endm

        .macro  leave_wide_frame
        lea     WIDE_FRAME(%rsp), %rsp
        .cfi_adjust_cfa_offset -WIDE_FRAME
        .endm

// On to the function, as if its caller had just called it. The way there stands in the red zone.
        .macro  proceed_preserving
        load_arguments CALL
        mov     RESUME(%rsp), %r11
        mov     %r11, RED_ZONE_R11(%rsp)
        for_each_vector movups 1
        mov     KEPT_R10(%rsp), %r10
        mov     KEPT_R11(%rsp), %r11
        give_flags_back
        mov     KEPT_RAX(%rsp), %rax
        leave_wide_frame
        jmp     *-CROSSHEAP_RED_ZONE_R11(%rsp)
        .cfi_adjust_cfa_offset WIDE_FRAME
        .endm

// Back to the caller without the function.
        .macro  return_preserving
        load_all CALL+RESULT
        leave_wide_frame
        ret
        .endm

// --- The ways in -----------------------------------------------------------------------------------------------------

        begin   crossheap_agent_enter_before_preserving
        run_before_preserving *SITE_BEFORE(%r11)
        cmp     $CROSSHEAP_VERDICT_PROCEED_QUIETLY, %rax
        ja      1f
        proceed_preserving
1:      return_preserving
        end     crossheap_agent_enter_before_preserving

        begin   crossheap_agent_enter_before
        run_before *SITE_BEFORE(%r11)
        cmp     $CROSSHEAP_VERDICT_PROCEED_QUIETLY, %rax
        ja      1f
        mov     SITE(%rsp), %r11
        load_arguments
        leave_frame
        jmp     *SITE_RESUME(%r11)
        .cfi_adjust_cfa_offset FRAME
1:      mov     RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_adjust_cfa_offset FRAME
9:      leave_frame
        jmp     crossheap_agent_enter_before_preserving
        end     crossheap_agent_enter_before

// name: the function as seen from outside; before, after: what to call, from r11 where it is the site's.
//       is_quick: most calls need not run `before`.
        .macro  around name before after is_quick=0
        begin   \name\()_preserving
        .cfi_personality 0x9b, DW.ref.crossheap_agent_personality
        run_before_preserving \before
        cmp     $CROSSHEAP_VERDICT_PROCEED_QUIETLY, %rax
        je      2f
        ja      3f
        mov     CALL+SITE(%rsp), %r11
        lea     CALL+FRAME_POINTER(%rsp), %rax
        cmpb    $0, SITE_MAKES_FRAME(%r11)
        cmove   CALL+FRAME_POINTER(%rsp), %rax
        mov     %rax, RBP_INSIDE(%rsp)
        load_all KEPT_RAX
        mov     RBP_INSIDE(%rsp), %rbp
        .cfi_offset %rbp, -16
        call    *RESUME(%rsp)
        mov     %rax, CALL+RESULT(%rsp)
        mov     %rdi, KEPT_RDI(%rsp)
        mov     %rsi, KEPT_RSI(%rsp)
        mov     %rdx, KEPT_RDX(%rsp)
        mov     %rcx, KEPT_RCX(%rsp)
        mov     %r8, KEPT_R8(%rsp)
        mov     %r9, KEPT_R9(%rsp)
        mov     %r10, KEPT_R10(%rsp)
        mov     %r11, KEPT_R11(%rsp)
        keep_flags
        ordinary_flags
        for_each_vector movups 0
        mov     CALL+SITE(%rsp), %r11
        cmpb    $0, SITE_MAKES_FRAME(%r11)
        je      4f
        mov     CALL+FRAME_POINTER(%rsp), %rbp
4:      .cfi_same_value %rbp
        call_aligned \after
        for_each_vector movups 1
        mov     KEPT_RDI(%rsp), %rdi
        mov     KEPT_RSI(%rsp), %rsi
        mov     KEPT_RDX(%rsp), %rdx
        mov     KEPT_RCX(%rsp), %rcx
        mov     KEPT_R8(%rsp), %r8
        mov     KEPT_R9(%rsp), %r9
        mov     KEPT_R10(%rsp), %r10
        mov     KEPT_R11(%rsp), %r11
        give_flags_back
        mov     CALL+RESULT(%rsp), %rax
        leave_wide_frame
        ret
        .cfi_adjust_cfa_offset WIDE_FRAME
2:      proceed_preserving
3:      return_preserving
        end     \name\()_preserving

        begin   \name
        .cfi_personality 0x9b, DW.ref.crossheap_agent_personality
        save_call
        .if     \is_quick
        begin_outermost 1f
        jmp     4f
        .endif
1:      mov     %rsp, %rdi
        call    \before
        cmp     $CROSSHEAP_VERDICT_PROCEED_QUIETLY, %rax
        je      2f
        ja      3f
        mov     SITE(%rsp), %r11
        load_arguments
4:      lea     FRAME_POINTER(%rsp), %rbp
        .cfi_offset %rbp, -16
        call    *SITE_RESUME(%r11)
        mov     FRAME_POINTER(%rsp), %rbp
        .cfi_same_value %rbp
        mov     %rax, RESULT(%rsp)
        mov     SITE(%rsp), %r11
        mov     %rsp, %rdi
        call    \after
        mov     RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_adjust_cfa_offset FRAME
2:      mov     SITE(%rsp), %r11
        load_arguments
        leave_frame
        jmp     *SITE_RESUME(%r11)
        .cfi_adjust_cfa_offset FRAME
3:      mov     RESULT(%rsp), %rax
        leave_frame
        ret
        .cfi_adjust_cfa_offset FRAME
9:      leave_frame
        jmp     \name\()_preserving
        end     \name
        .endm

        around  crossheap_agent_enter_around, *SITE_BEFORE(%r11), *SITE_AFTER(%r11)
// The two that run all the time: their hooks are always the same, and called directly.
        around  crossheap_agent_enter_allocate, crossheap_agent_before_allocate, crossheap_agent_after_allocate, 1
        around  crossheap_agent_enter_release, crossheap_agent_before_release, crossheap_agent_after_release

// crossheap_agent_call_on(top, body, context), of own_stack.cpp. A handler that interrupts it may walk the stacks.
        begin   crossheap_agent_call_on
        push    %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_offset %rbx, -16
        mov     %rsp, %rbx
        .cfi_def_cfa_register %rbx
        mov     %rdi, %rsp
        mov     %rdx, %rdi
        call    *%rsi
        mov     %rbx, %rsp
        .cfi_def_cfa_register %rsp
        pop     %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        ret
        end     crossheap_agent_call_on

        .hidden DW.ref.crossheap_agent_personality
        .weak   DW.ref.crossheap_agent_personality
        .section .data.rel.local.DW.ref.crossheap_agent_personality,"awG",@progbits,DW.ref.crossheap_agent_personality,comdat
        .p2align 3
        .type   DW.ref.crossheap_agent_personality, @object
        .size   DW.ref.crossheap_agent_personality, 8
DW.ref.crossheap_agent_personality:
        .quad   crossheap_agent_personality

        .section .note.GNU-stack, "", @progbits
