// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two libraries hand out handles, small numbers and numbers like addresses; the same number means another thing in
// each.
//
// build: liba.so -O1 -shared -fPIC -DLIBRARY=a
// build: libb.so -O1 -shared -fPIC -DLIBRARY=b
// build: program -O1 ./liba.so ./libb.so
// truth: clean
#ifdef LIBRARY
#define JOIN2(x, y) x##y
#define JOIN(x, y) JOIN2(x, y)
__attribute__((noinline, visibility("hidden"))) unsigned long take(unsigned long n) __asm__("malloc");
__attribute__((noinline, visibility("hidden"))) void give(unsigned long h) __asm__("free");
static unsigned long next = 1;
static volatile unsigned long live;
unsigned long take(unsigned long n) {
  ++live;
  return n > 50 ? 0x100000 + 4096 * next++ : next++;
}
void give(unsigned long h) { live -= h != 0; }
unsigned long JOIN(LIBRARY, _use)(int i) {
  unsigned long x = take(10), y = take(100);
  if (i & 1)
    give(x), give(y);
  else
    give(y), give(x);
  x = take(100);
  give(x);
  return live + next;
}
#else
#include <stdio.h>
unsigned long a_use(int), b_use(int);
int main(void) {
  unsigned long sum = 0;
  for (int i = 0; i < 50; ++i) sum += a_use(i) * 3 + b_use(i + i / 3);
  printf("%lu\n", sum);
}
#endif
