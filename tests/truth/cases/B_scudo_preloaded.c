// SPDX-License-Identifier: MIT OR Apache-2.0
//
// LLVM's scudo, preloaded, which maps its memory by system calls of its own.
//
// needs: /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo_standalone-x86_64.so
// build: program -O1 -pthread
// run: env LD_PRELOAD=/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo_standalone-x86_64.so ./program
// truth: clean
#define WORK
#include "truth/include/work.h"
