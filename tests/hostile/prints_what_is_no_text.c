// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Prints control characters, bidi marks and bytes that are no UTF-8.
#include "hostile.h"

int misbehave(void) {
  fputs("\033[2J\xff\xfe\xe2\x80\xae\x9b\n", stdout);
  return kRefused;
}
