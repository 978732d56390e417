// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks of mimalloc's mi_strdup, mi_heap_malloc and mi_heap_strdup go back to mi_free: not "never allocated".
//
// needs: libmimalloc.so.2
// build: program -O1 -ldl
// truth: clean
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
static void *library;
#define FUNCTION(result, name, ...) result (*name)(__VA_ARGS__) = (result(*)(__VA_ARGS__))dlsym(library, #name)
int main(void) {
  library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  FUNCTION(char *, mi_strdup, const char *);
  FUNCTION(char *, mi_strndup, const char *, unsigned long);
  FUNCTION(void *, mi_heap_new, void);
  FUNCTION(void *, mi_heap_malloc, void *, unsigned long);
  FUNCTION(void *, mi_heap_zalloc, void *, unsigned long);
  FUNCTION(void *, mi_heap_realloc, void *, void *, unsigned long);
  FUNCTION(char *, mi_heap_strdup, void *, const char *);
  FUNCTION(void, mi_heap_destroy, void *);
  FUNCTION(void, mi_heap_delete, void *);
  FUNCTION(void *, mi_malloc, unsigned long);
  FUNCTION(void *, mi_realloc, void *, unsigned long);
  FUNCTION(void, mi_free, void *);
  for (int round = 0; round < 50; ++round) {
    char *text = mi_strdup("a text");
    mi_free(text);
    mi_free(mi_strndup("a text", 3));
    void *heap = mi_heap_new();
    void *a = mi_heap_malloc(heap, 40), *b = mi_heap_zalloc(heap, 50);
    char *c = mi_heap_strdup(heap, "another text");
    a = mi_heap_realloc(heap, a, 500);
    mi_free(b);
    mi_free(c);
    b = mi_heap_malloc(heap, 40);
    for (int i = 0; i < 20; ++i) mi_heap_malloc(heap, 100);
    mi_heap_destroy(heap);
    heap = mi_heap_new();
    void *kept = mi_heap_malloc(heap, 60);
    mi_heap_delete(heap);
    mi_free(mi_realloc(kept, 100));
    mi_free(mi_malloc(40));
  }
  puts("done");
}
