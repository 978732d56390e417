// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: local
// options: -O2
// plugin: -Wl,--version-script=plugin.map
// map: { global: parse; parse_error_free; local: *; };
// not reported: the pointer travels in an exception
#include "idiom.h"
struct ParseError {
  int line;
  char message[60];
};
#ifdef PLUGIN
static char pool[1 << 20];
static size_t used;
void *operator new(size_t n) {
  void *p = pool + used;
  used += (n + 31) & ~size_t(15);
  return p;
}
void operator delete(void *p) noexcept {
  if (p && ((char *)p < pool || (char *)p >= pool + sizeof pool)) __builtin_trap();
}
void operator delete(void *p, size_t) noexcept { operator delete(p); }
extern "C" int parse(const char *text) {
  if (*text != '{') {
    auto *e = new ParseError{1, "expected {"};
    throw e;
  }
  return 0;
}
extern "C" void parse_error_free(ParseError *e) { delete e; }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  auto parse = (int (*)(const char *))dlsym(plugin, "parse");
  auto end = (void (*)(ParseError *))dlsym(plugin, "parse_error_free");
  try {
    parse("x");
  } catch (ParseError *e) {
    puts(e->message);
#ifdef MENDED
    end(e);
#else
    delete e;
#endif
  }
  delete new int(argc);
}
#endif
