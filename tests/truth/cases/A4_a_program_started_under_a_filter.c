// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program is executed under a filter that kills for getpid, gettid, getppid, mincore, madvise, readlink and others.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include "truth/include/filter.h"
int main(int count, char **words) {
  if (count > 1) {
    for (int i = 0; i < 1000; ++i) free(malloc(i));
    write(1, "child\n", 6);
    _exit(0);
  }
  pid_t pid = fork();
  if (pid == 0) {
    deny(
        (const int[]){
            SYS_getpid,     SYS_gettid, SYS_getppid,           SYS_mincore,      SYS_madvise,     SYS_readlink,
            SYS_membarrier, SYS_prctl,  SYS_sched_getaffinity, SYS_uname,        SYS_getrusage,   SYS_clock_gettime,
            SYS_sysinfo,    SYS_getuid, SYS_ftruncate,         SYS_memfd_create, SYS_sigaltstack, SYS_tgkill,
            SYS_ioctl,      SYS_fcntl},
        20);
    execl("./program", "program", "again", (char *)0);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
}
