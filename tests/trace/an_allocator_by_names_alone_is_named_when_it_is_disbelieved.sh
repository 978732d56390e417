#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A library with mimalloc's function names and nothing else of it is watched until a block shows that the names may lie: it is in
# memory that nobody was seen to obtain. From then on nothing is said of the library, and the report names it. As long as
# all blocks are in known memory, it is not named.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"

cat >pool.c <<'C'
#include <stddef.h>
static char room[65536];
static size_t used;
void *mi_malloc(size_t n) { return room + (used += (n + 15) / 16 * 16) - (n + 15) / 16 * 16; }
void *mi_zalloc(size_t n) { return mi_malloc(n); }
void *mi_calloc(size_t n, size_t size) { return mi_malloc(n * size); }
void *mi_realloc(void *p, size_t n) { return p ? p : mi_malloc(n); }
void mi_free(void *p) { if (p != NULL) *(char *)p = 0; }
C
cc -O1 -shared -fPIC -fno-builtin pool.c -o libpool.so || exit 1
cat >main.c <<'C'
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
void *mi_malloc(size_t n);
void mi_free(void *p);
static void *pages(void) {  // by a system call instruction of our own
  register long flags __asm__("r10") = MAP_PRIVATE | MAP_ANONYMOUS, fd __asm__("r8") = -1, at __asm__("r9") = 0;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_mmap), "D"(0), "S"(4096), "d"(3), "r"(flags), "r"(fd), "r"(at)
                   : "rcx", "r11", "memory");
  return (void *)result;
}
int main(int count, char **words) {
  (void)words;
  mi_free(mi_malloc(10));
  if (count > 1) mi_free(pages());
  return 0;
}
C
cc -O1 main.c -o main ./libpool.so || exit 1

for depth in ownership auto sites stacks; do
  trace --depth $depth -- ./main
  ended_with 0
  expect '.unwatched | length' 0
  trace --depth $depth -- ./main raw
  ended_with 0
  expect '.crossings | length' 0
  expect '.unwatched | map(.object | endswith("/libpool.so")) | join(" ")' true
  expect '.unwatched[0].reason | contains("in memory that nobody was seen to obtain")' true
done
"$CROSSHEAP" trace -- ./main raw >out 2>err </dev/null
says err 'not watched: ./libpool.so: only the names of its functions say that it is an allocator, and it handles addresses in memory that nobody was seen to obtain'
