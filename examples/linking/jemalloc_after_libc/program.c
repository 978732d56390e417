/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <jemalloc/jemalloc.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  free(mallocx(100, 0)); /* right, as long as both are jemalloc's */
  puts("fine");
}
