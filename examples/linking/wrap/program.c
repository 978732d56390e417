/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *je_malloc(size_t size);
void je_free(void *block);
void *__wrap_malloc(size_t size) { return je_malloc(size); }
void __wrap_free(void *block) { je_free(block); }

int main(void) {
  free(malloc(100));                 /* both are wrapped */
  free(strdup("libc's own malloc")); /* only one of them is */
  puts("done");
}
