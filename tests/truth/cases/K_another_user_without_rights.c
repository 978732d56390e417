// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program gives up its rights, is not dumpable, and changes its root: it allocates on.
//
// needs: root
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void) {
  void *held = malloc(100);
  int wrong = chroot("/var") + chdir("/") + setgroups(0, 0) + setgid(65534) + setuid(65534);
  wrong += prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  for (int i = 0; i < 1000; ++i) free(malloc(i * 20));
  free(held);
  printf("%d\n", wrong);
}
