// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every tenth block stands in a page of its own before a guard page, the others are libc's; four threads.
//
// build: program -O2 -pthread
// truth: clean
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
void *__libc_malloc(size_t);
void __libc_free(void *);
void *__libc_realloc(void *, size_t);
void *__libc_calloc(size_t, size_t);
static char *slots;
static int state[64];
static unsigned ctr;
static long sampled;
static int ours(void *p) { return slots && (char *)p >= slots && (char *)p < slots + 64 * 8192; }
void *malloc(size_t n) {
  unsigned c = __atomic_fetch_add(&ctr, 1, 5);
  if (n && n <= 4096 && c % 10 == 0) {
    if (!slots) {
      char *s = mmap(0, 64 * 8192, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      char *z = 0;
      if (!__atomic_compare_exchange_n(&slots, &z, s, 0, 5, 5)) munmap(s, 64 * 8192);
    }
    for (int i = 0; i < 64; i++) {
      int z = 0;
      if (__atomic_compare_exchange_n(&state[i], &z, 1, 0, 5, 5)) {
        char *p = slots + i * 8192;
        mprotect(p, 4096, 3);
        __atomic_fetch_add(&sampled, 1, 5);
        return p + ((4096 - n) & ~15ul);
      }
    }
  }
  return __libc_malloc(n);
}
void free(void *p) {
  if (ours(p)) {
    int i = ((char *)p - slots) / 8192;
    mprotect(slots + i * 8192, 4096, 0);
    __atomic_store_n(&state[i], 0, 5);
    return;
  }
  __libc_free(p);
}
void *calloc(size_t a, size_t n) {
  void *p = malloc(a * n);
  return memset(p, 0, a * n);
}
void *realloc(void *p, size_t n) {
  if (p && !ours(p)) return __libc_realloc(p, n);
  void *q = malloc(n);
  if (p) {
    size_t have = 4096 - ((long)p & 4095);
    memcpy(q, p, have < n ? have : n);
    free(p);
  }
  return q;
}
static void *run(void *x) {
  for (int i = 0; i < 2500; i++) {
    char *p = malloc(i % 3000 + 1);
    p[0] = 1;
    p = realloc(p, i % 1000 + 1);
    char *s = strdup("text");
    free(p);
    free(s);
  }
  return 0;
}
int main(void) {
  pthread_t t[4];
  for (int i = 0; i < 4; i++) pthread_create(t + i, 0, run, 0);
  for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
  write(1, sampled > 100 ? "ok\n" : "no\n", 3);
}
