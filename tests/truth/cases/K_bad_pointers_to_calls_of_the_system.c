// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Bad pointers given to functions of libc that call the kernel are answered with an error, as alone.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#define TELL(x)                                \
  do {                                         \
    errno = 0;                                 \
    long r = (long)(x);                        \
    printf("%s: %d %d\n", #x, r == -1, errno); \
  } while (0)
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  void *bad = (void *)1, *wall = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect((char *)wall + 4096, 4096, PROT_NONE);
  char *unended = (char *)wall + 4090;
  memset(unended, 'x', 6);
  char **list = (char **)((char *)wall + 4096 - 16);
  list[0] = list[1] = "program";
  char *good[] = {"x", 0}, *half[] = {"x", unended, 0}, *high[] = {"x", (char *)(1ul << 62), 0};
  TELL(setrlimit(RLIMIT_AS, bad));
  TELL(setrlimit(RLIMIT_DATA, (void *)(1ul << 60)));
  TELL(prlimit(0, RLIMIT_AS, bad, 0));
  TELL(prlimit(0, RLIMIT_DATA, 0, bad));
  TELL(prlimit(getpid(), RLIMIT_AS, (char *)wall + 4092, 0));
  struct rlimit l;
  getrlimit(RLIMIT_AS, &l);
  TELL(setrlimit(RLIMIT_AS, &l));
  TELL(getrlimit(RLIMIT_AS, bad));
  TELL(execve(unended, good, good));
  TELL(execve("/bin/true", list, good));
  TELL(execve("/bin/true", good, list));
  TELL(execve("/bin/true", good, half));
  TELL(execve("/bin/true", half, good));
  TELL(execve("/bin/true", good, high));
  TELL(execve("/bin/true", bad, bad));
  TELL(execve("/bin/true", good, (char **)(1ul << 63)));
  TELL(execveat(AT_FDCWD, bad, good, good, 0));
  TELL(execveat(AT_FDCWD, "/bin/true", good, bad, 0));
  TELL(execveat(-1, "", good, good, AT_EMPTY_PATH));
  int fd = open("/bin/true", O_RDONLY);
  TELL(fexecve(fd, good, half));
  TELL(execveat(fd, "", half, good, AT_EMPTY_PATH));
  TELL(prctl(PR_GET_NAME, bad));
  TELL(prctl(PR_SET_SECCOMP, 99, bad));
  TELL(syscall(SYS_seccomp, 1, 0, bad));
  if (fork() == 0) _exit(2);
  TELL(waitid(P_ALL, 0, bad, WEXITED | WNOWAIT));
  TELL(wait4(-1, bad, 0, 0));
  TELL(mremap(bad, 10, 10, 0));
  TELL(munmap((void *)~4095ul, 8192));
  TELL(mlockall(99));
  puts("end");
}
