/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What is written into a block by its giver and looked for by its taker. In C, because plugins in other languages and
 * programs of another libc use it, too.
 */
#ifndef CROSSHEAP_PLUGINS_SCENARIOS_CONTENTS_H
#define CROSSHEAP_PLUGINS_SCENARIOS_CONTENTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the byte sequence that `seed` starts over `size` bytes. */
__attribute__((visibility("hidden"))) void crossheap_contents_write(void *block, size_t size, uint64_t seed);

/* Whether `size` bytes hold the sequence that `seed` starts. */
__attribute__((visibility("hidden"))) int crossheap_contents_hold(const void *block, size_t size, uint64_t seed);

/* The seed of a block that holds a text: only hash and length travel with the handover. */
__attribute__((visibility("hidden"))) uint64_t crossheap_contents_of_text(const char *text, size_t length);

#ifdef __cplusplus
}
#endif
#endif
