// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pool in memory whose faults the program answers and counts (userfaultfd): the agent touches no page of it.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#define HV __attribute__((visibility("hidden")))
HV void *malloc(size_t);
HV void free(void *);
HV void *calloc(size_t, size_t);
HV void *realloc(void *, size_t);
HV void *memalign(size_t, size_t);
HV size_t malloc_usable_size(void *);
void *__libc_malloc(size_t);
void __libc_free(void *);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
static char *base;
static size_t used;
static int fd;
static volatile long faults;
static void *serve(void *_) {
  for (;;) {
    struct uffd_msg m;
    struct pollfd p = {fd, POLLIN, 0};
    poll(&p, 1, -1);
    if (read(fd, &m, sizeof m) != sizeof m) continue;
    faults++;
    struct uffdio_zeropage z = {{m.arg.pagefault.address & ~4095ul, 4096}, 0, 0};
    ioctl(fd, UFFDIO_ZEROPAGE, &z);
  }
}
void *malloc(size_t n) {
  char *p = base + used;
  used += (n + 63) & ~63ul;
  return p;
}
void free(void *p) {}
void *calloc(size_t a, size_t b) { return malloc(a * b); }
void *realloc(void *p, size_t n) { return malloc(n); }
int main(void) {
  fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | 1);
  if (fd < 0) {
    puts("none");
    return 0;
  }
  struct uffdio_api a = {UFFD_API, 0, 0};
  ioctl(fd, UFFDIO_API, &a);
  base = mmap(0, 1 << 22, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register r = {{(unsigned long)base, 1 << 22}, UFFDIO_REGISTER_MODE_MISSING, 0};
  if (ioctl(fd, UFFDIO_REGISTER, &r)) {
    puts("no");
    return 0;
  }
  pthread_t t;
  pthread_create(&t, 0, serve, 0);
  for (int i = 0; i < 300; i++) {
    void *p = malloc(4000);
    if (i % 3 == 0) memset(p, 1, 4000);
    free(p);
    realloc(p, 100);
  }
  printf("%ld\n", faults);
}
