// SPDX-License-Identifier: MIT OR Apache-2.0
//
// With an unlimited stack the kernel lays memory out from below; with randomisation off always the same: as alone.
//
// build: program -O1
// run: sh -c "ulimit -s unlimited; setarch -R ./program; setarch -L ./program"
// truth: clean
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  for (int i = 0; i < 100; ++i) free(malloc(i * 3000));
  char *p = malloc(100 << 20);
  printf("%d\n", p != 0);
  free(p);
}
