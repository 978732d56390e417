// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// the twin is accused: libstdc++ came in for the plugin alone, and its std::filesystem, which nobody calls, crosses
#include "idiom.h"
struct Named {
  virtual int name(char **out) = 0;
  virtual void name_free(char *p) = 0;
};
struct Unit {
  virtual void run() = 0;
  virtual void release() = 0;
};
#ifdef PLUGIN
struct Reverb final : Unit, Named {
  int room = 3;
  void run() override { room++; }
  void release() override { delete this; }
  int name(char **out) override {
    *out = (char *)malloc(30);
    snprintf(*out, 30, "reverb %d", room);
    return 0;
  }
  void name_free(char *p) override { free(p); }
};
extern "C" int create(int interface, void **out) {
  auto *r = new Reverb;
  *out = interface ? (void *)static_cast<Named *>(r) : (void *)static_cast<Unit *>(r);
  return 0;
}
#else
int main(int argc, char **argv) {
  auto create = (int (*)(int, void **))dlsym(open_plugin(argv), "create");
  void *at = nullptr;
  create(1, &at);
  auto *n = static_cast<Named *>(at);
  char *text = nullptr;
  if (n->name(&text) == 0) {
    puts(text);
#ifdef MENDED
    n->name_free(text);
#else
    free(text);
#endif
  }
  free(malloc(3));
}
#endif
