/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <jemalloc/jemalloc.h>
#include <stdlib.h>
#include <string.h>

void work(void) {
  free(mallocx(100, 0)); /* both are in this library */
  free(strdup("from libc"));
}
