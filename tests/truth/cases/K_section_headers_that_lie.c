// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Section headers and a symbol table full of nonsense, which no loader reads, do no harm.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// clang-format off
// prepare: python3 -c "import struct;b=bytearray(open('libown.so','rb').read());o=struct.unpack('<Q',b[40:48])[0];n=struct.unpack('<H',b[60:62])[0];[b.__setitem__(slice(o+64*i+24,o+64*i+40),struct.pack('<QQ',0xfffffffffffff000+i,0xffffffffffff)) for i in range(1,n) if i%2];[b.__setitem__(slice(o+64*i+40,o+64*i+44),struct.pack('<I',i*7)) for i in range(1,n)];open('libown.so','wb').write(b)"
// clang-format on
// truth: clean
#include <stdlib.h>
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/own.h"
void *lib_take(size_t n) { return malloc(n); }
void lib_give(void *p) { free(p); }
#else
#include <dlfcn.h>
#include <stdio.h>
#define lib_take ((void *(*)(size_t))take)
#define lib_give ((void (*)(void *))give)
int main(void) {
  void *library = dlopen("./libown.so", RTLD_NOW);
  void *take = dlsym(library, "lib_take"), *give = dlsym(library, "lib_give");
  lib_give(lib_take(10));
  puts("done");
}
#endif
