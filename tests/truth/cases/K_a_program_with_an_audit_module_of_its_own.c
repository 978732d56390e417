// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that is linked with an audit module (DT_AUDIT).
//
// build: libaudit.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -Wl,--audit,./libaudit.so
// truth: clean
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#ifdef LIBRARY
#include <link.h>
#include <unistd.h>
unsigned la_version(unsigned v) { return 1; }
unsigned la_objopen(struct link_map *m, Lmid_t l, uintptr_t *c) { return 3; }
void la_preinit(uintptr_t *c) { write(1, "aud\n", 4); }
#else
int main(void) {
  for (int i = 0; i < 50; i++) free(malloc(i));
  puts("done");
}
#endif
