// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin that allocates with the malloc of its process. With -DCARRIES_AN_ALLOCATOR it brings one, and the check
// fails.
#include <stdlib.h>

char *my_plugin_text(void) {
  char *const text = malloc(6);
  if (text != NULL)
    for (int i = 0; i < 6; ++i) text[i] = "hello"[i];
  return text;
}

#ifdef CARRIES_AN_ALLOCATOR
static char pool[4096];
static size_t used;
void *malloc(size_t size) {
  void *const block = pool + used;
  used += (size + 15) / 16 * 16;
  return block;
}
void free(void *block) { (void)block; }
#endif
