// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library (LIBRARY) whose own code calls its free by a local name, and the program that uses it.
#pragma once
#ifdef LIBRARY
#define POOL_MEMORY POOL_STATIC
#include "truth/include/pool.h"
static volatile unsigned long released;
static __attribute__((noinline, noclone)) void *own_malloc(size_t n) { return pool_take(n); }
static __attribute__((noinline, noclone)) void own_free(void *p) { ++released; }
void *malloc(size_t) __attribute__((alias("own_malloc")));
void free(void *) __attribute__((alias("own_free")));
#define MIX_MALLOC own_malloc
#define MIX_FREE own_free
#endif
#include "truth/include/mixed.h"
