// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// the twin is accused: what the host destroys counts as given by the plugin, whose code shows nothing given
#include "idiom.h"
using Value = std::variant<long, std::string, std::vector<double>>;
#ifdef PLUGIN
extern "C" void evaluate(Value &v) {
#ifdef MENDED
  std::vector<double> own(40, 1.5);
  v = long(own.size());
#else
  v = std::vector<double>(40, 1.5);
#endif
}
#else
int main(int argc, char **argv) {
  auto evaluate = (void (*)(Value &))dlsym(open_plugin(argv), "evaluate");
  Value v = 3L;
  evaluate(v);
  printf("%zu\n", v.index());
}
#endif
