/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The plugin in C. C has one heap, malloc's: its objects and its strings come from there.
 */
#include <stdlib.h>
#include <string.h>

#include "languages/contract.h"

enum { kSize = 120, kAlign = 16 };

typedef const struct crossheap_host Host;
typedef struct crossheap_handover Handover;

/* What contract.c declares and asks every language for. */
int32_t malloc_give(Host *, Handover *);
int32_t malloc_take(Host *, Handover *);
int32_t heap_give(Host *, Handover *);
int32_t heap_take(Host *, Handover *);
int32_t string_give(Host *, Handover *);
int32_t owner_give(Host *, Handover *);
int32_t host_give(Host *, Handover *);
int32_t host_take(Host *, Handover *);
int32_t abi_give(Host *, Handover *);
int32_t abi_take(Host *, Handover *);

int32_t malloc_give(Host *host, Handover *handover) {
  (void)host;
  return contract_given(handover, malloc(kSize), kSize);
}

int32_t malloc_take(Host *host, Handover *handover) {
  free(contract_received(host, handover));
  return 0;
}

int32_t heap_give(Host *host, Handover *handover) { return malloc_give(host, handover); }
int32_t heap_take(Host *host, Handover *handover) { return malloc_take(host, handover); }

int32_t string_give(Host *host, Handover *handover) {
  static const char kText[] = "a string of C";
  (void)host;
  char *copy = malloc(sizeof kText);
  return contract_given_text(handover, copy == NULL ? NULL : memcpy(copy, kText, sizeof kText));
}

static void take_back(Handover *handover) { free(handover->block); }

int32_t owner_give(Host *host, Handover *handover) {
  contract_goes_home_by(handover, take_back);
  return malloc_give(host, handover);
}

int32_t host_give(Host *host, Handover *handover) {
  return contract_given(handover, contract_host_allocate(host, kSize, kAlign), kSize);
}

int32_t host_take(Host *host, Handover *handover) {
  contract_host_release(host, contract_received(host, handover), kSize, kAlign);
  return 0;
}

int32_t abi_give(Host *host, Handover *handover) {
  (void)host;
  return contract_given(handover, crossheap_allocate(kSize, kAlign), kSize);
}

int32_t abi_take(Host *host, Handover *handover) {
  contract_abi_release(handover, contract_received(host, handover), kSize, kAlign);
  return 0;
}
