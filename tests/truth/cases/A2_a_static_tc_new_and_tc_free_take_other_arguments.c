// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Local functions tc_new, tc_free, tc_malloc and tc_delete of a "test case" module take structures by pointer.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <stdlib.h>
struct testcase {
  struct testcase *next;
  int number;
};
static struct testcase *all;
__attribute__((noinline)) static void tc_new(struct testcase *storage, int number) {
  storage->next = all;
  storage->number = number;
  all = storage;
}
__attribute__((noinline)) static int tc_delete(struct testcase *t) {
  t->number = -t->number;
  return t->number;
}
__attribute__((noinline)) static int tc_free(int number) { return number * 2; }
__attribute__((noinline)) static int tc_malloc(double weight) { return (int)(weight * 3); }
int main(void) {
  struct testcase storage[4];
  struct testcase *heap = malloc(sizeof *heap);
  int sum = 0;
  for (int i = 0; i < 4; ++i) tc_new(&storage[i], i);
  tc_new(heap, 9);
  for (struct testcase *t = all; t; t = t->next) sum += tc_delete(t);
  sum += tc_free(7) + tc_malloc(1.5);
  free(heap);
  printf("%d\n", sum);
}
