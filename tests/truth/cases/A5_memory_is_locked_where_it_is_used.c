// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Memory is locked when it is used first (MCL_ONFAULT).
//
// needs: root
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
int main(void) {
  printf("%d\n", mlockall(MCL_CURRENT | MCL_FUTURE | 4));
  char line[200];
  long locked = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status)) sscanf(line, "VmLck: %ld", &locked);
  printf("%d\n", locked > 0 && locked < 100 << 10);
  char *p = malloc(1 << 20);
  memset(p, 1, 1 << 20);
  free(p);
  printf("%d\n", munlockall());
}
