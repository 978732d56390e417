// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Changes by /proc what the kernel notes of another process: its pages, and when it is to be ended.
#include "hostile.h"

static int writes(const char *name, const char *text) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", bystander, name);
  const int fd = open(path, O_WRONLY);
  return fd >= 0 && write(fd, text, strlen(text)) > 0;
}

int misbehave(void) { return tried(writes("clear_refs", "1") || writes("oom_score_adj", "1000")); }
