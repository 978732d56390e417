// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// not reported: the object whose function is called was handed to a function that the compiler changed
#include "idiom.h"
struct Free {
  void operator()(void *p) const { free(p); }
};
struct Bytes {
  std::unique_ptr<char[], Free> data;
  size_t n = 0;
};
struct Codec {
  virtual int encode(const char *, size_t, char **, size_t *) = 0;
  virtual void drop(char *) = 0;
};
#ifdef PLUGIN
struct Mine : Codec {
  int encode(const char *t, size_t n, char **out, size_t *size) override {
    char *p = (char *)malloc(2 * n + 1);
    for (size_t i = 0; i < n; ++i) sprintf(p + 2 * i, "%02x", t[i]);
    *out = p;
    *size = 2 * n;
    return 0;
  }
  void drop(char *p) override { free(p); }
};
extern "C" Codec *codec() {
  static Mine mine;
  return &mine;
}
#else
__attribute__((noinline)) static Bytes encode(Codec &c, const std::string &t) {
  char *p = nullptr;
  Bytes b;
  if (c.encode(t.data(), t.size(), &p, &b.n)) return b;
#ifdef MENDED
  b.data.reset(strcpy((char *)malloc(b.n + 1), p));
  c.drop(p);
#else
  b.data.reset(p);
#endif
  return b;
}
int main(int argc, char **argv) {
  Codec *c = ((Codec * (*)()) dlsym(open_plugin(argv), "codec"))();
  Bytes b = encode(*c, "text");
  puts(b.data.get());
}
#endif
