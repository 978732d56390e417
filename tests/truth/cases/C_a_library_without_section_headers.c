// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An allocator in a library whose section headers were cut off.
//
// build: libown.so -DLIBRARY -O1 -shared -fPIC -Wl,-Bsymbolic
// build: program -O1 -ldl
// clang-format off
// prepare: python3 -c "b=bytearray(open('libown.so','rb').read());b[40:48]=bytes(8);b[58:64]=bytes(6);open('libown.so','wb').write(b)"
// clang-format on
// truth: XH201 free owner=libown.so releaser=libc.so.6:glibc
// prints: done
#define GIVES_LIBC_A_BLOCK
#include "truth/include/opened.h"
