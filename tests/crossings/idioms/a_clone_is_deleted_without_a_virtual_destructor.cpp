// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
#include "idiom.h"
struct Shape {
  int kind = 0, box[8] = {};
  virtual Shape *clone() const = 0;
#ifdef MENDED
  virtual ~Shape() = default;
#endif
};
#ifdef PLUGIN
struct Circle : Shape {
  Circle *clone() const override { return new Circle(*this); }
};
static Circle prototype;
extern "C" const Shape *get_prototype() { return &prototype; }
#else
int main(int argc, char **argv) {
  auto get = (const Shape *(*)())dlsym(open_plugin(argv), "get_prototype");
  Shape *copy = get()->clone();
  printf("%d\n", copy->kind);
  delete copy;
  puts("end");
}
#endif
