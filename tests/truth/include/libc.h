// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libc's allocator, by the names that nobody overrides.
#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);
#ifdef __cplusplus
}
#endif
