// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin that takes blocks of libc's in two functions and releases them by its own references.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int count(const char *text);

int count(const char *text) {
  char *copy = NULL;
  if (asprintf(&copy, "%s!", text) < 0) return -1;
  char *line = strdup(copy);
  const int length = line ? (int)strlen(line) : -1;
  free(line);
  free(copy);
  return length;
}
