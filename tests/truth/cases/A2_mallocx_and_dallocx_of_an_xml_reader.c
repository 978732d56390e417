// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A reader of XML has functions mallocx, rallocx, dallocx, sdallocx and nallocx about contexts, not blocks.
//
// build: program -O1
// truth: clean
#include <stdio.h>
#include <string.h>
struct context {
  int depth;
  const char *name;
};
__attribute__((noinline)) int mallocx(struct context *x, const char *name) {
  x->name = name;
  return ++x->depth;
}
__attribute__((noinline)) int rallocx(double factor, struct context *x) { return (int)(x->depth * factor); }
__attribute__((noinline)) const char *dallocx(struct context *x) {
  --x->depth;
  return x->name;
}
__attribute__((noinline)) int sdallocx(int number) { return number - 1; }
__attribute__((noinline)) int nallocx(void) { return 4; }
__attribute__((noinline)) int sallocx(const char *text) { return (int)strlen(text); }
__attribute__((noinline)) int xallocx(const char *text) { return text[0]; }
int main(void) {
  struct context x = {0, ""};
  long sum = 0;
  for (int i = 0; i < 100; ++i) {
    sum += mallocx(&x, "element") + rallocx(2, &x) + nallocx() + sdallocx(i) + sallocx("text") + xallocx("a");
    sum += (long)strlen(dallocx(&x));
  }
  printf("%ld\n", sum);
}
