// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Extensions that docs/plugin-authors.md follows through their hosts. Each does its work when it is loaded, and
// exports just enough to be opened by each host.
//
// extension.so keeps a copy of a setting and releases it; fixed.so makes that copy by its own malloc. carries.so
// brings an allocator of its own, hidden, as a library does that was linked with a static allocator and a version
// script; it reads a line with libc's getline into a buffer of its own.
//
// build: cc -g -fPIC -shared -fvisibility=hidden -o extension.so extension.c
//
// build: cc -g -fPIC -shared -fvisibility=hidden -DFIXED -o fixed.so extension.c
//
// build: cc -g -fPIC -shared -fvisibility=hidden -fno-builtin -DCARRIES -o carries.so extension.c
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef CARRIES
static char heap[1 << 16];
static size_t used;
void *malloc(size_t bytes) {
  void *const block = heap + used;
  used += (bytes + 15) & ~(size_t)15;
  return block;
}
void free(void *block) { (void)block; }

__attribute__((constructor)) static void start(void) {
  FILE *const file = fopen("/etc/passwd", "r");
  size_t size = 8;
  char *line = malloc(size);
  if (file != NULL && getline(&line, &size, file) > 0) fclose(file);
  free(line);
}
#else
__attribute__((constructor)) static void start(void) {
#ifdef FIXED
  char *volatile copy = malloc(10);
  if (copy != NULL) memcpy(copy, "a setting", 10);
#else
  char *const copy = strdup("a setting");
#endif
  free(copy);
}
#endif

#define EXPORTED __attribute__((visibility("default")))
// PHP 8.2 as Debian 12 builds it, without its headers.
static struct {
  unsigned short size;
  unsigned int api;
  unsigned char debug, threads;
  const void *settings, *needs;
  const char *name;
  const void *functions, *steps[5];
  const char *version;
  size_t globals;
  const void *more[4];
  int started;
  unsigned char kind;
  void *handle;
  int number;
  const char *build;
} module = {.size = sizeof module, .api = 20220829, .name = "extension", .version = "1", .build = "API20220829,NTS"};
EXPORTED void *get_module(void) { return &module; }
// nginx
EXPORTED void *ngx_modules[1];
EXPORTED const char *ngx_module_names[1];
// Java
EXPORTED int JNI_OnLoad(void *machine, void *reserved) { return (void)machine, (void)reserved, 0x00010006; }
