// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program on a shim with headers before libc's blocks that does nothing wrong: strings, streams, resizing, zeroed
// memory.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include "truth/include/shim.h"
int main(void) {
  char *text = 0;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  for (int i = 0; i < 100; ++i) fprintf(stream, "%d ", i);
  fclose(stream);
  char *copy = strdup(text);
  copy = realloc(copy, 5000);
  int *numbers = calloc(100, sizeof *numbers);
  printf("%zu %zu %d %lu\n", size, strlen(copy), numbers[50], shim_strangers);
  free(numbers);
  free(copy);
  free(text);
}
