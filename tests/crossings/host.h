// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the small hosts of this suite share: they open the plugin that is their first argument in the way that the
// second one names.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *open_plugin(char **argv) {
  void *handle = strcmp(argv[2], "namespace") == 0
                     ? dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW)
                     : dlopen(argv[1], RTLD_NOW | (strcmp(argv[2], "deepbind") == 0 ? RTLD_DEEPBIND : 0) |
                                           (strcmp(argv[2], "global") == 0 ? RTLD_GLOBAL : 0));
  if (handle == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    _exit(70);
  }
  return handle;
}
