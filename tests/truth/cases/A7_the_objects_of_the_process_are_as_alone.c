// SPDX-License-Identifier: MIT OR Apache-2.0
//
// dl_iterate_phdr, the link map and dladdr show the objects they show alone, and functions have one address.
//
// build: program -O1 -ldl
// truth: clean
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int show(struct dl_phdr_info *info, size_t size, void *count) {
  ++*(int *)count;
  const char *slash = strrchr(info->dlpi_name, '/');
  puts(slash ? slash + 1 : info->dlpi_name);
  return 0;
}
int main(void) {
  int count = 0, maps = 0;
  dl_iterate_phdr(show, &count);
  for (struct link_map *m = _r_debug.r_map; m; m = m->l_next) ++maps;
  Dl_info info;
  dladdr((void *)malloc, &info);
  printf("%d %d %s %d %d\n", count, maps, info.dli_sname, dlsym(RTLD_DEFAULT, "malloc") == (void *)malloc,
         dlsym(RTLD_NEXT, "free") == (void *)free);
}
