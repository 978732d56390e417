// SPDX-License-Identifier: MIT OR Apache-2.0
// crashes: deepbind libmimalloc.so.2
// options: -O2 -pthread
// host: -rdynamic
#include <pthread.h>
#include "idiom.h"
struct message {
  struct message *next;
  int kind;
  void (*done)(struct message *);
  char text[];
};
void post(struct message *);
#ifdef PLUGIN
static void done(struct message *m) { free(m); }
void talk(int n) {
  for (int i = 0; i < n; ++i) {
    struct message *m = malloc(sizeof *m + 20);
    m->kind = 1;
    m->done = done;
    snprintf(m->text, 20, "message %d", i);
    post(m);
  }
}
#else
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t there = PTHREAD_COND_INITIALIZER;
static struct message *first, **last = &first;
static int ended;
void post(struct message *m) {
  pthread_mutex_lock(&lock);
  m->next = NULL;
  *last = m;
  last = &m->next;
  pthread_cond_signal(&there);
  pthread_mutex_unlock(&lock);
}
static struct message *take(void) {
  pthread_mutex_lock(&lock);
  while (!first && !ended) pthread_cond_wait(&there, &lock);
  struct message *m = first;
  if (m && !(first = m->next)) last = &first;
  pthread_mutex_unlock(&lock);
  return m;
}
static void *loop(void *x) {
  for (struct message *m; (m = take());) {
    puts(m->text);
#ifdef MENDED
    m->done(m);
#else
    free(m);
#endif
  }
  return NULL;
}
int main(int argc, char **argv) {
  void (*talk)(int) = dlsym(open_plugin(argv), "talk");
  pthread_t t;
  pthread_create(&t, NULL, loop, NULL);
  talk(3);
  pthread_mutex_lock(&lock);
  ended = 1;
  pthread_cond_signal(&there);
  pthread_mutex_unlock(&lock);
  pthread_join(t, NULL);
  free(malloc(2));
  return 0;
}
#endif
