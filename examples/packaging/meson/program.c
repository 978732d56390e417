/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prints the allocator that this artifact runs on.
 */
#include <crossheap/allocator.h>
#include <stdio.h>

int main(void) {
  printf("%s, %s\n", crossheap_provider()->family, crossheap_provider()->resolution);
  return 0;
}
