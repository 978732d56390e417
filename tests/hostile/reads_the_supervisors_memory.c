// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads memory of the supervisor.
#include "hostile.h"

#include <sys/uio.h>

int misbehave(void) {
  char bytes[8];
  struct iovec here = {bytes, sizeof bytes};
  struct iovec there = {(void *)(unsigned long)address_there, sizeof bytes};
  return tried(process_vm_readv(supervisor, &here, 1, &there, 1, 0) > 0);
}
