// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Variables called free, realloc and mi_free, among them pointers to functions, are no code.
//
// build: libdata.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -ldl
// truth: clean
#ifdef LIBRARY
unsigned char library_bytes[64] __asm__("mi_malloc") = {0x90, 0x90, 0x90, 0x90, 0x90, 0xc3};
unsigned char more_bytes[64] __asm__("mi_free") = {0x90, 0x90, 0x90, 0x90, 0x90, 0xc3};
const unsigned char constants[64] __asm__("je_free") = {0x55, 0x48, 0x89, 0xe5, 0x90, 0xc3};
long library_sum(void) {
  long sum = 0;
  for (int i = 0; i < 64; ++i) sum += library_bytes[i] * 3 + more_bytes[i] + constants[i];
  return sum;
}
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *library = dlopen("./libdata.so", RTLD_NOW);
  free(malloc(10));
  printf("%ld\n", ((long (*)(void))dlsym(library, "library_sum"))());
}
#endif
