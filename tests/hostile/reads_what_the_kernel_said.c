// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads the log of the kernel, which tells addresses.
#include <sys/klog.h>
#include "hostile.h"

int misbehave(void) {
  static char text[4096];
  return tried(klogctl(3, text, sizeof text) > 0);
}
