// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libjemalloc.so.2
// options: -O2
// not reported: the address of an element is an index with a negative number behind it
#include "idiom.h"
#ifdef PLUGIN
static char **words;
static int count;
static void bye(void) {
  for (int i = 0; i < count; ++i) free(words[i]);
  free(words);
}
void adopt(char *word) {
  if (!words) atexit(bye);
  words = realloc(words, (count + 1) * sizeof *words);
#ifdef MENDED
  words[count++] = strcpy(malloc(strlen(word) + 1), word);
#else
  words[count++] = word;
#endif
}
#else
int main(int argc, char **argv) {
  void (*adopt)(char *) = dlsym(open_plugin(argv), "adopt");
  for (int i = 0; i < 3; ++i) {
    char *p = strcpy(malloc(20), "word");
    adopt(p);
#ifdef MENDED
    free(p);
#endif
  }
  return 0;
}
#endif
