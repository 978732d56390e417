// SPDX-License-Identifier: MIT OR Apache-2.0
#include <dlfcn.h>

#include <cstdio>
#include <stdexcept>

int main() {
  void *plugin = dlopen("./plugin.so", RTLD_NOW);
  if (plugin == nullptr) return std::fprintf(stderr, "%s\n", dlerror()), 1;
  const auto describe = reinterpret_cast<void (*)()>(dlsym(plugin, "describe_current"));
  try {
    throw std::runtime_error("an exception of the host");
  } catch (...) {
    describe();
  }
}
