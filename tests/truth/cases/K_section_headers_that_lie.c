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
#include "truth/include/opened.h"
