// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One misbehaviour, WHAT, in a constructor.
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((constructor)) static void begin(void) {
  if (strcmp(WHAT, "crashes") == 0) raise(SIGSEGV);
  if (strcmp(WHAT, "hangs") == 0)
    for (;;) pause();
  if (strcmp(WHAT, "stops") == 0) raise(SIGSTOP);
  if (strcmp(WHAT, "floods") == 0)
    for (int i = 0; i < 100000; ++i) puts("a flood of output, a flood of output, a flood of output");
  if (strcmp(WHAT, "forks") == 0)
    for (int i = 0; i < 50; ++i)
      if (fork() == 0)
        for (;;) pause();
  if (strcmp(WHAT, "deletes") == 0 && getenv("VICTIM") == NULL) unlink(VICTIM);
  if (strcmp(WHAT, "connects") == 0) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    // It got what no plugin should get: then it is not this test's fault that it ends.
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) _exit(9);
  }
  if (strcmp(WHAT, "exits") == 0) exit(0);
  if (strcmp(WHAT, "limits") == 0) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_AS, &none);
  }
  if (strcmp(WHAT, "leaves") == 0) _exit(0);
  if (strcmp(WHAT, "closes") == 0)
    for (int fd = 3; fd < 256; ++fd) close(fd);
  if (strcmp(WHAT, "scribbles") == 0)
    for (int fd = 3; fd < 20; ++fd)
      if (write(fd, "scribble", 8) < 0) continue;
}
