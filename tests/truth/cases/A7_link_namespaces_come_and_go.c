// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Four link namespaces: each can be opened, used, closed and opened again.
//
// build: libplain.so -DLIBRARY -shared -fPIC
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
#include <stdlib.h>
int plain(int n) {
  char *p = malloc((size_t)n);
  p[0] = (char)n;
  n = p[0];
  free(p);
  return n;
}
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  int sum = 0;
  for (int round = 0; round < 3; ++round) {
    void *opened[4];
    for (int i = 0; i < 4; ++i) {
      opened[i] = dlmopen(LM_ID_NEWLM, "./libplain.so", RTLD_NOW);
      if (opened[i]) sum += ((int (*)(int))dlsym(opened[i], "plain"))(i + 1);
    }
    for (int i = 0; i < 4; ++i)
      if (opened[i]) dlclose(opened[i]);
  }
  printf("%d\n", sum);
}
#endif
