// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Values in mm0 to mm7, between an own malloc and free that touch none.
//
// build: program -O2
// truth: XH201 free owner=libc.so.6:glibc releaser=program count=10
// prints: 0 lost
#include <stdio.h>
#define POOL_MEMORY POOL_STATIC
#include "truth/include/libc.h"
#include "truth/include/own.h"
int main(void) {
  int lost = 0;
  for (int i = 0; i < 10; ++i) {
    void *own = malloc(8), *theirs = __libc_malloc(8);
    unsigned long in = 0x1122334455667788ul + (unsigned long)i, out[8];
    __asm__ volatile(
        "movq %1, %%mm0\n movq %1, %%mm1\n movq %1, %%mm2\n movq %1, %%mm3\n movq %1, %%mm4\n movq %1, %%mm5\n"
        "movq %1, %%mm6\n movq %1, %%mm7\n mov %2, %%rdi\n call free\n mov %3, %%rdi\n call free\n"
        "movq %%mm0, 0(%0)\n movq %%mm1, 8(%0)\n movq %%mm2, 16(%0)\n movq %%mm3, 24(%0)\n movq %%mm4, 32(%0)\n"
        "movq %%mm5, 40(%0)\n movq %%mm6, 48(%0)\n movq %%mm7, 56(%0)\n emms\n"
        :
        : "r"(out), "m"(in), "r"(own), "r"(theirs)
        : "rax", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3",
          "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    for (int k = 0; k < 8; ++k) lost += out[k] != in;
  }
  printf("%d lost\n", lost);
}
