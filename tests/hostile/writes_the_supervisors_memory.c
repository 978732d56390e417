// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes the memory of the supervisor.
#include <sys/uio.h>
#include "hostile.h"

int misbehave(void) {
  char byte = 0;
  const struct iovec here = {&byte, 1};
  const struct iovec there = {(void *)address_there, 1};
  return tried(process_vm_writev(supervisor, &here, 1, &there, 1, 0) == 1);
}
