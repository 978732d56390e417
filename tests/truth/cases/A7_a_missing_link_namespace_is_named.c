// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loader has room for 16 link namespaces; the agent takes one, and says so to a program that wants all the others.
//
// build: libplain.so -DLIBRARY -shared -fPIC
// build: program -O1 -ldl
// truth: clean
// named: no link namespace left
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
  printf("%d\n", opened >= 14);
}
#endif
