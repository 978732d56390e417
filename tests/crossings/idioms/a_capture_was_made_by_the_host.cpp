// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// the twin is accused: what the host destroys counts as given by the plugin, whose code shows nothing given
#include "idiom.h"
using Task = std::function<void()>;
#ifdef PLUGIN
extern "C" void make_task(std::string &&name, Task &out) {
#ifdef MENDED
  std::string own = name.c_str();
  out = [own] { puts(own.c_str()); };
#else
  out = [own = std::move(name)] { puts(own.c_str()); };
#endif
}
#else
int main(int argc, char **argv) {
  auto make = (void (*)(std::string &&, Task &))dlsym(open_plugin(argv), "make_task");
  {
    std::string name(90, 't');
    Task t;
    make(std::move(name), t);
    t();
  }
  puts("end");
}
#endif
