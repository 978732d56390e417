// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program of threads without a race, for the cases with ThreadSanitizer.
#pragma once
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int sum;
static void *run(void *p) {
  pthread_mutex_lock(&lock);
  sum += *(int *)p;
  pthread_mutex_unlock(&lock);
  free(p);
  return 0;
}
int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) {
    int *p = malloc(sizeof *p);
    *p = i;
    pthread_create(&threads[i], 0, run, p);
  }
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], 0);
  printf("%d\n", sum);
}
