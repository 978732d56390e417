// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: namespace libmimalloc.so.2
// options: -O2
#include <iconv.h>
#include "idiom.h"
#ifdef PLUGIN
iconv_t open_conversion(void) { return iconv_open("UTF-8", "UTF-16"); }
int close_conversion(iconv_t c) { return iconv_close(c); }
#else
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  iconv_t (*open_)(void) = dlsym(plugin, "open_conversion");
  int (*close_)(iconv_t) = dlsym(plugin, "close_conversion");
  iconv_t c = open_();
#ifdef MENDED
  close_(c);
#else
  iconv_close(c);
#endif
  puts("end");
  return 0;
}
#endif
