// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's mi_malloc and mi_free are thin names for libc's; blocks go either way, which is right.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__attribute__((noinline)) void *mi_malloc(size_t n) { return malloc(n); }
__attribute__((noinline)) void mi_free(void *p) { free(p); }
__attribute__((noinline)) char *mi_strdup(const char *s) { return strcpy(mi_malloc(strlen(s) + 1), s); }
__attribute__((noinline)) void *tc_malloc(size_t n) { return malloc(n); }
__attribute__((noinline)) void tc_free(void *p) { free(p); }
int main(void) {
  for (int i = 0; i < 50; ++i) {
    free(mi_malloc(10));
    mi_free(malloc(10));
    mi_free(mi_strdup("text"));
    free(mi_strdup("text"));
    mi_free(strdup("text"));
    tc_free(mi_malloc(40));
    mi_free(tc_malloc(4000));
  }
  puts("done");
}
