// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A preloaded shim with a page of header before each block, with a program that allocates in all ways.
//
// build: libshim.so -DLIBRARY -O1 -shared -fPIC
// build: program -O1
// run: env LD_PRELOAD=./libshim.so ./program
// truth: clean
#ifdef LIBRARY
#define SHIM_HEADER 48
#include "truth/include/shim.h"
#else
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  char *line = 0;
  size_t room = 0;
  FILE *file = fopen("/etc/passwd", "r");
  int lines = 0;
  while (getline(&line, &room, file) > 0) lines += line[0] != 0;
  free(line);
  fclose(file);
  DIR *folder = opendir("/");
  while (readdir(folder)) ++lines;
  closedir(folder);
  char *text = 0;
  asprintf(&text, "%d", lines > 5);
  puts(text);
  free(realloc(text, 10000));
}
#endif
