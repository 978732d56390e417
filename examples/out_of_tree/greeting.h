/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <crossheap/allocator.h>

#define GREETING_SIZE 64

/* What the plugin exports: a block with a greeting, and who allocated it. */
struct greeting {
  char *text;
  const struct crossheap_provider *provider;
};

/* A greeting in GREETING_SIZE bytes (alignment 1) that the caller owns; text is null without memory. */
struct greeting make_greeting(const char *name);
