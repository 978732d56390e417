// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// the twin is accused: what the host destroys counts as given by the plugin, whose code shows nothing given
#include "idiom.h"
struct Request {
  std::string method;
  std::optional<std::string> body;
};
#ifdef PLUGIN
extern "C" void fill(Request &r) {
#ifdef MENDED
  if (!r.body) return;
  std::string t(80, 'b');
  printf("%zu\n", t.size());
#else
  r.body = std::string(80, 'b');
#endif
}
#else
int main(int argc, char **argv) {
  auto fill = (void (*)(Request &))dlsym(open_plugin(argv), "fill");
  Request r{"GET", std::nullopt};
  fill(r);
  puts(r.body ? r.body->c_str() : "none");
}
#endif
