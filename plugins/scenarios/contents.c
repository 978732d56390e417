/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Full words are moved by the compiler's own copy, not by a call: this code is built with -fno-builtin, and a run of
 * the experiment spends most of its instructions here.
 */
#include "scenarios/contents.h"

/* SplitMix64 (Steele, Lea, Flood 2014), a word a step: any two seeds differ in nearly every byte. */
static uint64_t next(uint64_t *state) {
  *state += 0x9e3779b97f4a7c15u;
  uint64_t z = *state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void crossheap_contents_write(void *block, size_t size, uint64_t seed) {
  unsigned char *bytes = block;
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    const uint64_t word = next(&seed);
    if (size - at >= sizeof word)
      __builtin_memcpy(bytes + at, &word, sizeof word);
    else
      __builtin_memcpy(bytes + at, &word, size - at);
  }
}

int crossheap_contents_hold(const void *block, size_t size, uint64_t seed) {
  const unsigned char *bytes = block;
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    const uint64_t word = next(&seed);
    uint64_t found = word;
    if (size - at >= sizeof word)
      __builtin_memcpy(&found, bytes + at, sizeof word);
    else
      __builtin_memcpy(&found, bytes + at, size - at);
    if (found != word) return 0;
  }
  return 1;
}

uint64_t crossheap_contents_of_text(const char *text, size_t length) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
  for (size_t i = 0; i < length; ++i) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
  return hash;
}
