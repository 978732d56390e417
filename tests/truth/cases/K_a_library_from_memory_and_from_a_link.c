// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Libraries are opened from memory, by a link that changes, and after their file was replaced.
//
// build: liba.so -O1 -shared -fPIC -DLIBRARY -DNUMBER=1
// build: libb.so -O1 -shared -fPIC -DLIBRARY -DNUMBER=2
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#ifdef LIBRARY
#define POOL_MEMORY POOL_MMAP
#define OWN __attribute__((visibility("hidden")))
#include "truth/include/own.h"
int number(void) {
  char *p = malloc(30);
  p[0] = NUMBER;
  int n = p[0];
  free(p);
  return n;
}
#else
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>
static int use(const char *path, int stays) {
  void *h = dlopen(path, RTLD_NOW);
  if (!h) {
    puts(dlerror());
    return -1;
  }
  int n = ((int (*)(void))dlsym(h, "number"))();
  if (!stays) dlclose(h);
  return n;
}
int main(void) {
  char path[4200];
  for (int i = 0; i < 3; ++i) {
    int in = open(i % 2 ? "liba.so" : "libb.so", O_RDONLY), fd = memfd_create("library", i == 2 ? MFD_CLOEXEC : 0);
    sendfile(fd, in, 0, 10 << 20);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    printf("%d\n", use(path, i == 2));
    close(fd);
    close(in);
  }
  snprintf(path, sizeof path, "%s/link.so", getenv("TMPDIR"));
  symlink("/dev/null", path);
  for (int i = 0; i < 4; ++i) {
    char target[4200], here[4096];
    snprintf(target, sizeof target, "%s/%s", getcwd(here, sizeof here), i % 2 ? "liba.so" : "libb.so");
    unlink(path);
    symlink(target, path);
    printf("%d\n", use(path, 0));
  }
}
#endif
