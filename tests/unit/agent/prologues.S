// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Function entries of every kind the patcher may meet. Each takes an int and answers with one, so that a test can run
// it before and after; NAME_end marks where its symbol would end.

        .macro  begin name
        .globl  \name
        .globl  \name\()_end
        .type   \name, @function
        .p2align 4
\name:
        .endm
        .macro  finish name
\name\()_end:
        .endm

        .data
prologue_value:
        .long   41
prologue_target:
        .quad   prologue_increment
        .text
        .balign 4096 // pages of their own: patching makes them unexecutable for a moment

begin prologue_increment
        lea     1(%rdi), %eax
        nopl    0(%rax)
        ret
finish prologue_increment

begin rip_relative_load
        mov     prologue_value(%rip), %eax
        add     %edi, %eax
        ret
finish rip_relative_load

begin rip_relative_with_immediate
        cmpl    $41, prologue_value(%rip)
        sete    %al
        movzbl  %al, %eax
        ret
finish rip_relative_with_immediate

begin short_branch
        test    %edi, %edi
        je      1f
        mov     $7, %eax
        ret
1:      mov     $9, %eax
        ret
finish short_branch

begin compare_then_work // the flags are written again before anybody looks
        test    %rdi, %rdi
        je      1f
        push    %rbx
        lea     1(%rdi), %ebx
        sub     $8, %rsp
        mov     %ebx, %eax
        add     $8, %rsp
        pop     %rbx
        ret
1:      mov     $9, %eax
        ret
finish compare_then_work

begin flags_looked_at_later
        test    %rdi, %rdi
        je      1f
        mov     $7, %eax
        js      1f
        ret
1:      mov     $9, %eax
        ret
finish flags_looked_at_later

begin compare_in_memory
        cmpb    $0, prologue_value(%rip)
        je      1f
        xor     %eax, %eax
        ret
1:      mov     $9, %eax
        ret
finish compare_in_memory

begin near_branch
        test    %edi, %edi
        .byte   0x0f, 0x84 // je with a 32-bit distance
        .long   1f - . - 4
        mov     $7, %eax
        ret
1:      mov     $9, %eax
        ret
finish near_branch

begin call_at_entry
        sub     $8, %rsp
        call    prologue_increment
        add     $8, %rsp
        add     %eax, %eax
        ret
finish call_at_entry

begin call_through_memory
        push    %rbx
        call    *prologue_target(%rip)
        pop     %rbx
        add     %eax, %eax
        ret
finish call_through_memory

begin jump_at_entry
        jmp     prologue_increment
finish jump_at_entry

begin recursion
        test    %edi, %edi
        je      1f
        push    %rdi
        dec     %edi
        call    recursion
        pop     %rdi
        add     %edi, %eax
        ret
1:      xor     %eax, %eax
        ret
finish recursion

begin with_endbr
        endbr64
        lea     5(%rdi), %eax
        nopl    0(%rax)
        ret
finish with_endbr

begin short_with_padding
        mov     %edi, %eax
        ret
finish short_with_padding
        .byte   0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90

begin one_byte
        ret
finish one_byte
        .byte   0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90

begin short_before_another
        mov     %edi, %eax
        ret
finish short_before_another
        inc     %eax // somebody else's

begin loop_into_entry
        mov     %edi, %eax
1:      inc     %eax
        cmp     $100, %eax
        jl      1b
        ret
finish loop_into_entry

begin branch_to_first_byte
        inc     %edi
        nop
        nop
        nop
        cmp     $100, %edi
        jl      branch_to_first_byte
        mov     %edi, %eax
        ret
finish branch_to_first_byte

begin far_loop_into_entry
        mov     %edi, %eax
1:      inc     %eax
        nopl    0(%rax)
        cmp     $100, %eax
        jl      1b
        ret
finish far_loop_into_entry

begin counted_branch
        jrcxz   1f
        mov     $1, %eax
        ret
1:      mov     $2, %eax
        ret
finish counted_branch

begin not_code
        .byte   0x06, 0x06, 0x06, 0x06, 0x06, 0x06 // no instruction in 64-bit mode
finish not_code

begin code_then_rubbish
        lea     1(%rdi), %eax
        nopl    0(%rax)
        ret
        .byte   0x06, 0x06
finish code_then_rubbish

        .balign 4096
        .section .note.GNU-stack, "", @progbits
