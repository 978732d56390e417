// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An emulator at a fixed address high up maps all of 4 MiB to 1.7 GiB for its guest with MAP_FIXED and writes there.
//
// build: program -O1 -no-pie -Wl,-Ttext-segment=0x70000000
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
int main(void) {
  char *guest = mmap((void *)0x400000, 0x6f000000ul - 0x400000, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  if (guest != (char *)0x400000) return 1;
  memset(guest, 0xcc, 1 << 20);
  memset((char *)0x60000000, 0xcc, 1 << 20);
  for (int i = 0; i < 100; ++i) free(malloc(i * 100));
  puts("done");
}
