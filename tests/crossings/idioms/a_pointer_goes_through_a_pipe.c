// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2
// not reported: the kernel carries the pointer
#include "idiom.h"
struct job {
  int id;
  char *result;
  void (*done)(struct job *);
};
#ifdef PLUGIN
static void done(struct job *j) {
  free(j->result);
  free(j);
}
int submit(int fd, int id) {
  struct job *j = malloc(sizeof *j);
  j->id = id;
  j->result = strcpy(malloc(30), "done");
  j->done = done;
  return write(fd, &j, sizeof j) == sizeof j ? 0 : -1;
}
#else
int main(int argc, char **argv) {
  int (*submit)(int, int) = dlsym(open_plugin(argv), "submit");
  int ends[2];
  if (pipe(ends) || submit(ends[1], 3)) return 3;
  struct job *j;
  if (read(ends[0], &j, sizeof j) != sizeof j) return 3;
  puts(j->result);
#ifdef MENDED
  j->done(j);
#else
  free(j->result);
  free(j);
#endif
  free(malloc(2));
  return 0;
}
#endif
