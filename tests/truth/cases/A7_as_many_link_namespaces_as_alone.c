// SPDX-License-Identifier: MIT OR Apache-2.0
//
// As many link namespaces can be opened as alone.
//
// build: libplain.so -DLIBRARY -shared -fPIC
// build: program -O1 -ldl
// truth: clean
// limit: docs/agent.md: the agent lives in a link namespace
#ifdef LIBRARY
int plain(void) { return 1; }
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  int opened = 0;
  for (int i = 0; i < 20; ++i) opened += dlmopen(LM_ID_NEWLM, "./libplain.so", RTLD_NOW) != 0;
  printf("%d\n", opened);
}
#endif
