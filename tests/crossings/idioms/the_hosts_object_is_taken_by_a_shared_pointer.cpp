// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// not reported: the block stands in an object whose functions are called through pointers
#include "idiom.h"
struct Session {
  int id = 3;
  long statistics[20] = {};
};
#ifdef PLUGIN
static std::vector<std::shared_ptr<Session>> sessions;
extern "C" void attach(Session *s, void (*release)(Session *)) {
#ifdef MENDED
  sessions.push_back(std::shared_ptr<Session>(s, release));
#else
  sessions.push_back(std::shared_ptr<Session>(s));
#endif
}
extern "C" void detach() {
  for (auto &s : sessions) printf("%d\n", s->id);
  sessions.clear();
}
#else
static void release(Session *s) { delete s; }
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  auto attach = (void (*)(Session *, void (*)(Session *)))dlsym(plugin, "attach");
  attach(new Session, release);
  ((void (*)())dlsym(plugin, "detach"))();
}
#endif
