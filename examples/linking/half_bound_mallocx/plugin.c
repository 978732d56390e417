/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <jemalloc/jemalloc.h>
#include <stdlib.h>

void work(void) {
#ifdef PAIRED
  dallocx(mallocx(100, 0), 0);
#else
  free(mallocx(100, 0));
#endif
}
