// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The plugin of the front page: it releases a text that its host gave it.
//
// build: cc -g -fPIC -shared -fvisibility=hidden -o my_plugin.so my_plugin.c
#include <stdlib.h>

__attribute__((visibility("default"))) void plugin_take(char *text) { free(text); }
