// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A Lua module whose only function is its entry point. With WITH_OWN_ALLOCATOR it makes the mistake that
// `crossheap check` is for: strdup's block comes from libc, and goes to a hidden allocator.
#include <stddef.h>
#include <string.h>

#ifdef WITH_OWN_ALLOCATOR
static char heap[4096];
__attribute__((visibility("hidden"))) void *malloc(size_t bytes) { return bytes < sizeof heap ? heap : NULL; }
__attribute__((visibility("hidden"))) void free(void *block) { (void)block; }
#else
#include <stdlib.h>
#endif

struct lua_State;
int luaopen_greet(struct lua_State *state) {
  (void)state;
  char *greeting = strdup("hello");
  const int length = greeting == NULL ? 0 : (int)strlen(greeting);
  free(greeting);
  return length == 5 ? 0 : 1;
}
