/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "greeting.h"

__attribute__((visibility("default"))) struct greeting plugin_greeting(void);

struct greeting plugin_greeting(void) {
  return make_greeting("module");
}
