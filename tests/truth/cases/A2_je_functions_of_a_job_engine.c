// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A job engine's je_malloc(name) makes a job and je_free(job) ends one, in a library that exports them.
//
// build: libjobs.so -DLIBRARY -shared -fPIC -O1
// build: program -O1 -L. -ljobs -Wl,-rpath,$ORIGIN
// truth: clean
#ifdef LIBRARY
#include <stdlib.h>
#include <string.h>
struct job {
  char name[24];
  int number;
};
static int numbers;
struct job *je_malloc(const char *name) {
  struct job *j = malloc(sizeof *j);
  strcpy(j->name, name);
  j->number = ++numbers;
  return j;
}
int je_free(struct job *j) {
  int n = j->number;
  free(j);
  return n;
}
int je_realloc(struct job *j) { return j->number; }
#else
#include <stdio.h>
#include <stdlib.h>
struct job;
struct job *je_malloc(const char *);
int je_free(struct job *);
int je_realloc(struct job *);
int main(void) {
  int sum = 0;
  for (int i = 0; i < 100; ++i) {
    struct job *j = je_malloc("a job");
    sum += je_realloc(j);
    if (i % 2)
      sum += je_free(j);
    else
      free(j);
  }
  printf("%d\n", sum);
}
#endif
