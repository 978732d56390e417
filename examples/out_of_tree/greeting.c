/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "greeting.h"

#include <stdio.h>

struct greeting make_greeting(const char *name) {
  struct greeting made = {crossheap_allocate(GREETING_SIZE, 1), crossheap_provider()};
  if (made.text != NULL) snprintf(made.text, GREETING_SIZE, "a greeting from the %s", name);
  return made;
}
