// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program's own cfree, valloc, memalign and pvalloc deal with volumes and cells, and it has no malloc of its own.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <string.h>
struct cell {
  int live;
  struct cell *next;
};
void *malloc(unsigned long);
void free(void *);
__attribute__((noinline)) int valloc(const char *name, double litres) { return (int)strlen(name) + (int)litres; }
__attribute__((noinline)) int pvalloc(double a, double b) { return (int)(a * b); }
__attribute__((noinline)) struct cell *memalign(struct cell *c, int by) {
  c->live = by;
  return c->next;
}
__attribute__((noinline)) void cfree(struct cell *c) { c->live = 0; }
int main(void) {
  struct cell cells[3] = {{1, &cells[1]}, {2, &cells[2]}, {3, 0}};
  struct cell *heap = malloc(sizeof *heap);
  int sum = 0;
  for (int i = 0; i < 100; ++i) {
    sum += valloc("volume", 3.5) + pvalloc(1.5, 4);
    struct cell *c = memalign(&cells[i % 2], i);
    cfree(c);
    cfree(heap);
    sum += cells[0].live;
  }
  free(heap);
  printf("%d\n", sum);
}
