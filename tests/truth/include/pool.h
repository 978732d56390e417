// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool that hands out memory in order and takes nothing back, for the allocators of the cases. Define POOL_MEMORY
// before including it: POOL_STATIC, POOL_MMAP (libc's mmap), POOL_SYSCALL (the system call itself), POOL_SHM (shmat).
#pragma once
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#define POOL_STATIC 1
#define POOL_MMAP 2
#define POOL_SYSCALL 3
#define POOL_SHM 4
#ifndef POOL_BYTES
#define POOL_BYTES (1 << 20)
#endif

static char *pool_begin;
static size_t pool_used;
#if POOL_MEMORY == POOL_STATIC
static char pool_array[POOL_BYTES] __attribute__((aligned(4096)));
#endif

static void pool_open(void) {
#if POOL_MEMORY == POOL_STATIC
  pool_begin = pool_array;
#elif POOL_MEMORY == POOL_MMAP
  pool_begin = (char *)mmap(0, POOL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#elif POOL_MEMORY == POOL_SYSCALL
  long at;
  register long flags __asm__("r10") = MAP_PRIVATE | MAP_ANONYMOUS;
  register long fd __asm__("r8") = -1;
  register long offset __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(at)
                   : "a"(SYS_mmap), "D"(0L), "S"((long)POOL_BYTES), "d"((long)(PROT_READ | PROT_WRITE)), "r"(flags),
                     "r"(fd), "r"(offset)
                   : "rcx", "r11", "memory");
  pool_begin = (char *)at;
#else
  int id = shmget(IPC_PRIVATE, POOL_BYTES, IPC_CREAT | 0600);
  pool_begin = (char *)shmat(id, 0, 0);
  shmctl(id, IPC_RMID, 0);
#endif
}

static void *pool_take_aligned(size_t bytes, size_t alignment) {
  if (!pool_begin) pool_open();
  size_t at = (__sync_fetch_and_add(&pool_used, bytes + alignment + 32) + alignment + 15) & ~(alignment - 1);
  size_t *block = (size_t *)(pool_begin + at);
  return block;
}
static void *pool_take(size_t bytes) {
  char *at = (char *)pool_take_aligned(bytes + 16, 16);
  *(size_t *)at = bytes;
  return at + 16;
}
static size_t pool_size(const void *block) { return *(const size_t *)((const char *)block - 16); }
static int pool_has(const void *block) {
  return pool_begin && (const char *)block >= pool_begin && (const char *)block < pool_begin + POOL_BYTES;
}
