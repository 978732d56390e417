// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts a link to everything where a folder was, again and again, while its files are counted.
#include "hostile.h"

#include <time.h>

int misbehave(void) {
  mkdir("one", 0700);
  mkdir("one/two", 0700);
  for (const time_t end = time(NULL) + 1; time(NULL) <= end;) {
    rename("one", "kept");
    symlink("/", "one");
    unlink("one");
    rename("kept", "one");
  }
  _exit(5);
}
