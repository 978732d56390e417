// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that reads from address 8 ends by SIGSEGV with its own handler's word first.
//
// build: program -O1
// truth: clean
// alone: 139
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void handler(int n, siginfo_t *info, void *context) {
  char text[40];
  int length = snprintf(text, sizeof text, "fault at %ld\n", (long)info->si_addr);
  write(1, text, (size_t)length);
  signal(SIGSEGV, SIG_DFL);
}
int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, 0);
  free(malloc(10));
  return *(volatile char *)8;
}
