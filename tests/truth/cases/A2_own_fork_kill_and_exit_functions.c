// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A game's own fork (of a road), _exit (of a maze), kill (of a monster), waitid and vfork are called with other
// arguments.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
struct maze {
  int exits;
};
__attribute__((noinline)) int fork(struct maze *m, int road) { return m->exits + road; }
__attribute__((noinline)) int _exit(struct maze *m) { return --m->exits; }
__attribute__((noinline)) int kill(const char *monster) { return monster[0]; }
__attribute__((noinline)) int waitid(double turns) { return (int)turns; }
__attribute__((noinline)) int vfork(int a) { return a; }
__attribute__((noinline)) int execv(int a) { return a; }
__attribute__((noinline)) int execveat(double a) { return (int)a; }
__attribute__((noinline)) int setrlimit(int a) { return a; }
__attribute__((noinline)) int prctl(const char *a) { return a[0]; }
__attribute__((noinline)) int seccomp(double a) { return (int)a; }
int main(void) {
  struct maze m = {1000};
  int sum = 0;
  for (int i = 0; i < 50; ++i)
    sum += fork(&m, i) + _exit(&m) + kill("troll") + waitid(2.5) + vfork(3) + execv(4) + execveat(2) + setrlimit(7) +
           prctl("x") + seccomp(1.5);
  free(malloc(10));
  printf("%d\n", sum);
  fflush(stdout);
  return 0;
}
