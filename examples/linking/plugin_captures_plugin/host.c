/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **words) {
  for (int i = 1; i < count; ++i) {
    void *plugin = dlopen(words[i], RTLD_NOW | RTLD_GLOBAL);
    if (plugin == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
    ((void (*)(void))dlsym(plugin, "work"))();
  }
}
