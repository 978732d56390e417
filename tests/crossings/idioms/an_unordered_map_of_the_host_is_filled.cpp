// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// plugin: -static-libstdc++ -static-libgcc
// the twin is accused: what the host destroys counts as given by the plugin, whose code shows nothing given
#include "idiom.h"
using Headers = std::unordered_map<std::string, std::string>;
struct Api {
  virtual void set(const char *, const char *) = 0;
};
#ifdef PLUGIN
extern "C" void headers(Headers &h, Api &api) {
#ifdef MENDED
  Headers own;
  own["Content-Type"] = "text/html; charset=utf-8 and more";
  for (auto &[k, v] : own) api.set(k.c_str(), v.c_str());
#else
  h["Content-Type"] = "text/html; charset=utf-8 and more";
  for (int i = 0; i < 30; ++i) h["X-" + std::to_string(i)] = "value";
#endif
}
#else
struct Setter : Api {
  Headers h;
  void set(const char *k, const char *v) override { h[k] = v; }
};
int main(int argc, char **argv) {
  auto headers = (void (*)(Headers &, Api &))dlsym(open_plugin(argv), "headers");
  Setter s;
  headers(s.h, s);
  for (auto &[k, v] : s.h) printf("%s: %s\n", k.c_str(), v.c_str());
  s.h.clear();
}
#endif
