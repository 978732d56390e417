// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that sets a limit of 2 GiB (LIMIT) and asks for a block within it.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
int main(void) {
  struct rlimit limit = {2ul << 30, 2ul << 30};
  if (setrlimit(LIMIT, &limit)) return 1;
  for (int i = 0; i < 3; ++i) {
    char *p = malloc(300 << 20);
    if (!p) return puts("no memory"), 2;
    p[100 << 20] = 1;
    free(p);
  }
  puts("done");
}
