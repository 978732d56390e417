// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2 -pthread
// plugin: -static-libstdc++ -static-libgcc
// not reported: the destructor is registered by the runtime that the plugin carries
#include "idiom.h"
#ifdef PLUGIN
static thread_local std::string last;
extern "C" void note(std::string &text) {
#ifdef MENDED
  last = text.c_str();
#else
  last = std::move(text);
#endif
}
#else
int main(int argc, char **argv) {
  auto note = (void (*)(std::string &))dlsym(open_plugin(argv), "note");
  std::thread t([&] {
    std::string s(100, 'n');
    note(s);
  });
  t.join();
  puts("end");
}
#endif
