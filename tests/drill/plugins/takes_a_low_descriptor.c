// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a file and takes its descriptor for one that is not a standard stream. MENDED makes sure.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int file = -1;

__attribute__((constructor)) static void begin(void) {
  file = open("/dev/null", O_WRONLY | O_CLOEXEC);
#ifdef MENDED
  const int above = fcntl(file, F_DUPFD_CLOEXEC, 3);
  close(file);
  file = above;
#endif
  if (file >= 0 && file <= STDERR_FILENO) abort();
}
__attribute__((destructor)) static void end(void) { close(file); }
