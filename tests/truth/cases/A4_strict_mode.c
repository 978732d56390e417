// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Seccomp's strict mode allows read, write and exit; the program allocates from what its heap has, writes, and exits.
//
// build: program -O1
// truth: clean
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  free(malloc(60000));
  void *kept = malloc(100);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)) return 1;
  for (int i = 0; i < 1000; ++i) free(malloc(i));
  free(kept);
  write(1, "done\n", 5);
  syscall(SYS_exit, 0);
}
