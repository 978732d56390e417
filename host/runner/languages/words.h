/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A language's strings as the words of crossheap_run, copied into memory that belongs to no allocator, so that the
 * extension changes nothing of what is examined.
 */
#ifndef CROSSHEAP_RUNNER_LANGUAGES_WORDS_H
#define CROSSHEAP_RUNNER_LANGUAGES_WORDS_H

#include <string.h>

#include "runner/run.h"

struct words {
  int count;
  size_t used;
  char *word[32];
  char text[8192];
};

/* One that finds no room is left out; crossheap_run then says that its arguments are wrong. */
static inline void add_word(struct words *words, const char *word) {
  const size_t size = strlen(word) + 1;
  if (words->count == 32 || size > sizeof words->text - words->used) return;
  words->word[words->count++] = memcpy(words->text + words->used, word, size);
  words->used += size;
}

static inline int run_words(struct words *words) { return crossheap_run(words->count, words->word); }

#endif
