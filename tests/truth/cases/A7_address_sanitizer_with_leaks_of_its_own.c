// SPDX-License-Identifier: MIT OR Apache-2.0
//
// AddressSanitizer finds the program's one leak, of 1,234 bytes, and no other.
//
// build: program -O1 -fsanitize=address
// truth: clean
// alone: 1
// output: any-errors
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *volatile lost;
int main(void) {
  // What the sanitizer says goes to the output, without what differs from run to run.
  int ends[2];
  pipe(ends);
  pid_t pid = fork();
  if (pid == 0) {
    FILE *in = fdopen(ends[0], "r");
    close(ends[1]);
    char line[1000];
    while (fgets(line, sizeof line, in))
      if (strstr(line, "SUMMARY") || strstr(line, "Direct leak"))
        fputs(strstr(line, "SUMMARY") ? "" : "leak\n", stdout);
    fclose(in);
    fflush(stdout);
    _exit(0);
  }
  close(ends[0]);
  dup2(ends[1], 2);
  close(ends[1]);
  lost = malloc(1234);
  lost = 0;
  free(malloc(10));
}
