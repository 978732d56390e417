// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Leaves memory mapped each time it is loaded. MENDED unmaps it.
#include <stddef.h>
#include <sys/mman.h>

enum { kBytes = 64 << 10 };
static void *memory;

__attribute__((constructor)) static void begin(void) {
  memory = mmap(NULL, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

__attribute__((destructor)) static void end(void) {
#ifdef MENDED
  munmap(memory, kBytes);
#endif
}
