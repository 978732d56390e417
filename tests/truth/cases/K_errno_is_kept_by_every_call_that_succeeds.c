// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Calls that succeed leave errno alone where they do so alone, and calls that fail set it.
//
// build: program -O1 -pthread
// truth: clean
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#define TELL(x)                                \
  do {                                         \
    errno = 1234;                              \
    long r = (long)(x);                        \
    printf("%s: %d %d\n", #x, r == -1, errno); \
  } while (0)
static void *nothing(void *p) { return p; }
int main(void) {
  void *volatile p;
  setvbuf(stdout, 0, _IONBF, 0);
  TELL(p = malloc(10));
  TELL(p = realloc(p, 100000));
  TELL((free(p), 0));
  TELL(p = malloc(100 << 20));
  TELL(p = realloc(p, 200 << 20));
  TELL((free(p), 0));
  TELL(malloc(1ul << 62));
  TELL(calloc(1ul << 40, 1ul << 40));
  TELL(posix_memalign((void **)&p, 3, 10));
  TELL(posix_memalign((void **)&p, 64, 10));
  TELL(malloc_usable_size(p) > 0);
  TELL((free(p), 0));
  TELL(aligned_alloc(1ul << 40, 1ul << 63));
  TELL(p = mmap(0, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  TELL(p = mremap(p, 8192, 1 << 20, MREMAP_MAYMOVE));
  TELL(munmap(p, 1 << 20));
  TELL(munmap((void *)1, 1));
  TELL(mmap(0, 0, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  TELL(mremap((void *)4096, 1, 4096, 0));
  TELL(sbrk(0) != 0);
  TELL(brk(sbrk(0)));
  TELL(sbrk(1l << 46));
  struct rlimit l;
  TELL(getrlimit(RLIMIT_AS, &l));
  TELL(setrlimit(RLIMIT_AS, &l));
  TELL(getrlimit(99, &l));
  TELL(prlimit(999999999, RLIMIT_AS, 0, &l));
  TELL(prctl(PR_GET_DUMPABLE) == 1);
  TELL(prctl(-1));
  TELL(mlock(&l, sizeof l));
  TELL(munlockall());
  TELL(kill(999999999, 0));
  TELL(raise(0));
  TELL(waitpid(-1, 0, 0));
  pid_t pid;
  TELL((pid = fork()) == 0 ? (_exit(3), 0) : 0);
  TELL(waitpid(pid, 0, 0) == pid);
  TELL((pid = vfork()) == 0 ? (_exit(3), 0) : 0);
  TELL(wait(0) == pid);
  char *argv[] = {"x", 0}, *bad[] = {"x", (char *)1, 0};
  TELL(execve("/nonexistent", argv, 0));
  TELL(execve("/etc/passwd", argv, 0));
  TELL(execve("/etc", argv, 0));
  TELL(execve("/proc/self/nope/x", argv, argv));
  TELL(execve((char *)1, argv, argv));
  TELL(execve("/bin/true", bad, argv));
  TELL(execve("/bin/true", argv, bad));
  TELL(execve("/bin/true", argv, (char **)1));
  TELL(execvp("no such program", argv));
  TELL(execvp("", argv));
  TELL(fexecve(99, argv, argv));
  TELL(posix_spawn(&pid, "/nonexistent", 0, 0, argv, argv));
  TELL(posix_spawnp(&pid, "no such program", 0, 0, argv, argv));
  void *h;
  TELL((h = dlopen("libm.so.6", RTLD_NOW)) == 0);
  TELL(dlclose(h));
  TELL(dlopen("libnothing.so", RTLD_NOW) != 0);
  pthread_t t;
  TELL(pthread_create(&t, 0, nothing, 0));
  TELL(pthread_join(t, 0));
  TELL(system("exit 3"));
  TELL((free(strdup("x")), 0));
}
