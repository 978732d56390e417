// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes rules for a sandbox of its own, which the kernel keeps, until it may not.
#include <linux/landlock.h>
#include "hostile.h"

enum { kNetPort = 2, kPorts = 65536, kRulesets = 4 };

struct port_rule {
  unsigned long allowed;
  unsigned long port;
};

int misbehave(void) {
  const unsigned long handled[2] = {0, 3};  // to bind and connect TCP
  for (int i = 0; i < kRulesets; ++i) {
    const long ruleset = syscall(SYS_landlock_create_ruleset, handled, sizeof handled, 0);
    if (ruleset < 0) return kRefused;
    for (unsigned long port = 0; port < kPorts; ++port) {
      const struct port_rule rule = {3, port};
      if (syscall(SYS_landlock_add_rule, ruleset, kNetPort, &rule, 0) != 0) return kRefused;
    }
  }
  return kDone;
}
