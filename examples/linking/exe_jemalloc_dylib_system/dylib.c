/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

void consume(char *text, void (*release)(void *)) {
  puts(text);
  (release != NULL ? release : free)(text);
}
