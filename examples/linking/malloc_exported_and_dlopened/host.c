/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **words) {
  (void)words;
  void *library = dlopen("./library.so", RTLD_NOW | RTLD_GLOBAL | (count > 1 ? RTLD_DEEPBIND : 0));
  if (library == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  ((void (*)(void))dlsym(library, "work"))();
  puts("done");
}
