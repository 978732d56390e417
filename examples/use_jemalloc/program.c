/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <crossheap/allocator.h>
#include <stdio.h>

int main(void) {
  const struct crossheap_provider *provider = crossheap_provider();
  printf("%s %s\n", provider->family, provider->version);
  return 0;
}
