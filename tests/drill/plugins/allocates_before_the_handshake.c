// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Takes a block in a constructor, and gives it to the host's allocator, which it is handed later. MENDED takes it from
// there.
#include <stdlib.h>

static void *(*host_malloc)(size_t);
static void (*host_free)(void *);
static void *block;

#ifndef MENDED
__attribute__((constructor)) static void begin(void) { block = malloc(64); }
#endif

__attribute__((visibility("default"))) void plugin_open(void *(*allocate)(size_t), void (*release)(void *)) {
  host_malloc = allocate;
  host_free = release;
#ifdef MENDED
  block = host_malloc(64);
#endif
}

__attribute__((visibility("default"))) void plugin_close(void) { host_free(block); }
