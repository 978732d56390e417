/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>

int je_mallctl(const char *name, void *old, size_t *old_size, void *value, size_t size);

const char *CONF = "narenas:3";

int main(void) {
  unsigned arenas = 0;
  size_t size = sizeof arenas;
  je_mallctl("opt.narenas", &arenas, &size, NULL, 0);
  puts(arenas == 3 ? "three arenas, as configured" : "not as configured");
  return arenas != 3;
}
