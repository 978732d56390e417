/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  void *volatile block = malloc(100);
  free(block);
  puts("done");
}
