// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A script that a shell runs starts a program with 20,000 bytes of static TLS, by system() and by a pipe.
//
// build: libtls.so -DLIBRARY -shared -fPIC -O1
// build: child -DCHILD -O1 -L. -ltls -Wl,-rpath,$ORIGIN
// build: program -O1
// prepare: printf '#!/bin/sh\necho script\n./child | cat\nexec ./child\n' >script && chmod +x script
// truth: clean
#ifdef LIBRARY
__thread char room[20000] __attribute__((tls_model("initial-exec"))) = {1};
int use(int i) { return ++room[i]; }
#elif defined CHILD
#include <stdio.h>
#include <stdlib.h>
int use(int);
int main(void) {
  free(malloc(100));
  printf("child %d %d\n", use(0), use(19999));
}
#else
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  printf("%d\n", system("./script"));
  fflush(stdout);
  FILE *pipe = popen("./script; ./child", "r");
  char line[100];
  while (fgets(line, sizeof line, pipe)) printf("read %s", line);
  printf("%d\n", pclose(pipe));
}
#endif
