// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions called mi_new, mi_free and mi_malloc that have nothing to do with mimalloc are left alone.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct mi {
  char name[32];
  int id;
};
__attribute__((noinline)) struct mi *mi_new(const char *name) {
  struct mi *m = malloc(sizeof *m);
  strcpy(m->name, name);
  m->id = (int)strlen(name);
  return m;
}
__attribute__((noinline)) int mi_free(struct mi *m) {
  int id = m->id;
  m->name[0] = 0;
  free(m);
  return id;
}
__attribute__((noinline)) int mi_malloc(const char *what) { return (int)strlen(what); }
int main(void) {
  int sum = 0;
  for (int i = 0; i < 100; ++i) sum += mi_free(mi_new("a music instrument")) + mi_malloc("text");
  printf("%d\n", sum);
}
