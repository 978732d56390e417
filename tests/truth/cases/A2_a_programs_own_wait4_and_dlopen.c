// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own wait4, waitpid, execve, dlopen and dlclose, with other arguments and meanings, are left alone.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
__attribute__((noinline)) int wait4(int a) { return a * 4; }
__attribute__((noinline)) int waitpid(double seconds) { return (int)(seconds * 1000); }
__attribute__((noinline)) int execve(long number) { return (int)number + 1; }
__attribute__((noinline)) long dlopen(long number) { return number * 3; }
__attribute__((noinline)) int dlclose(long handle) { return (int)handle / 3; }
__attribute__((noinline)) int posix_spawn(int a, int b) { return a * b; }
__attribute__((noinline)) int fork_of(int a) { return a; }
int main(void) {
  long sum = 0;
  for (int i = 0; i < 50; ++i)
    sum += wait4(i) + waitpid(0.5 * i) + execve(-i) + dlclose(dlopen(i)) + posix_spawn(i, 3) + fork_of(i);
  free(malloc(10));
  printf("%ld\n", sum);
}
