// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// the twin is accused: what the host destroys counts as given by the plugin, whose code shows nothing given
#include "idiom.h"
struct Queue {
  std::deque<std::string> texts;
  virtual bool pop(char *to, size_t n) = 0;
};
#ifdef PLUGIN
extern "C" int drain(Queue &q) {
  int n = 0;
#ifdef MENDED
  std::string all;
  char b[100];
  for (; q.pop(b, sizeof b); ++n) all += b;
  puts(all.c_str());
#else
  for (; !q.texts.empty(); ++n) {
    puts(q.texts.front().c_str());
    q.texts.pop_front();
  }
#endif
  return n;
}
#else
struct Mine : Queue {
  bool pop(char *to, size_t n) override {
    if (texts.empty()) return false;
    snprintf(to, n, "%s", texts.front().c_str());
    texts.pop_front();
    return true;
  }
};
int main(int argc, char **argv) {
  auto drain = (int (*)(Queue &))dlsym(open_plugin(argv), "drain");
  Mine q;
  for (int i = 0; i < 5; ++i) q.texts.push_back(std::string(60, 'a' + i));
  printf("%d\n", drain(q));
}
#endif
