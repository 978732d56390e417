/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

void *je_malloc(size_t size);
void je_free(void *block);
void consume(char *text, void (*release)(void *));

int main(void) {
  char *text = strcpy(je_malloc(100), "from the executable");
#ifdef OWNER_FREES
  consume(text, je_free);
#else
  consume(text, NULL);
#endif
}
