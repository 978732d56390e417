#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# --wrap leads free to another allocator and leaves malloc.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin -Wl,--wrap=free -Wl,--no-as-needed -l:libjemalloc.so.2 <<'CODE'
#include <stdlib.h>
void dallocx(void *, int);
void __wrap_free(void *block) { dallocx(block, 0); }
void run(void) { char *volatile block = aligned_alloc(64, 64); free(block); }
CODE

host <"$programs/host_runs.c"

crashes local

# Mended.

plugin -Wl,--wrap=free -Wl,--wrap=aligned_alloc -Wl,--no-as-needed -l:libjemalloc.so.2 <<'CODE'
#include <stdlib.h>
void dallocx(void *, int); void *mallocx(size_t, int);
void __wrap_free(void *block) { dallocx(block, 0); }
void *__wrap_aligned_alloc(size_t align, size_t size) { return mallocx(size, 6); }
void run(void) { char *volatile block = aligned_alloc(64, 64); free(block); }
CODE

safe local
