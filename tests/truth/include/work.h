// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that allocates in every usual way and does nothing wrong, for the cases in which only the allocator
// differs.
#pragma once
#define _GNU_SOURCE
#include <argz.h>
#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <grp.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <malloc.h>
#include <netdb.h>
#include <obstack.h>
#include <pthread.h>
#include <pwd.h>
#include <regex.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>
#include <wordexp.h>

static pthread_key_t work_key;
static void *work_thread(void *number) {
  pthread_setspecific(work_key, malloc(100));
  unsigned long sum = 0;
  for (int i = 0; i < 300; ++i) {
    unsigned char *p = (unsigned char *)malloc((size_t)(i * 17 % 3000) + 8);
    p[5] = (unsigned char)i;
    p = (unsigned char *)realloc(p, (size_t)(i * 31 % 5000) + 8);
    sum += p[5];
    free(p);
  }
  return (void *)(sum + (unsigned long)number);
}

static int work_names(const void *a, const void *b) { return strcmp((const char *)a, (const char *)b); }
#define obstack_chunk_alloc malloc
#define obstack_chunk_free free

#ifdef WORK_LIBC
static int work_libc(void) {
  char *text = 0;
  size_t room = 0;
  int sum = 0;
  FILE *file = fopen("/etc/group", "r");
  while (getdelim(&text, &room, '\n', file) > 0) ++sum;
  free(text);
  fclose(file);
  wchar_t *wide = 0;
  size_t wide_size = 0;
  file = open_wmemstream(&wide, &wide_size);
  fwprintf(file, L"%d", 42);
  fclose(file);
  free(wide);
  free(wcsdup(L"wide"));
  free(strndup("some text", 4));
  free(getcwd(0, 0));
  free(get_current_dir_name());
  free(realpath("/usr/../etc", 0));
  free(canonicalize_file_name("/etc"));
  free(tempnam("/tmp", "x"));
  struct dirent **entries;
  int n = scandir("/", &entries, 0, alphasort);
  for (int i = 0; i < n; ++i) free(entries[i]);
  free(entries);
  glob_t found = {0};
  glob("/e*", 0, 0, &found);
  globfree(&found);
  wordexp_t words;
  wordexp("a b c", &words, 0);
  wordfree(&words);
  regex_t expression;
  regcomp(&expression, "a(b|c)*d", REG_EXTENDED);
  sum += regexec(&expression, "abcbd", 0, 0, 0);
  regfree(&expression);
  char *argz = 0;
  size_t argz_size = 0;
  argz_add(&argz, &argz_size, "one");
  argz_add(&argz, &argz_size, "two");
  argz_replace(&argz, &argz_size, "two", "three and more", 0);
  free(argz);
  void *tree = 0;
  tsearch("b", &tree, work_names);
  tsearch("a", &tree, work_names);
  tdelete("b", &tree, work_names);
  tdestroy(tree, (void (*)(void *))fnmatch == 0 ? free : (void (*)(void *))abs);
  hcreate(50);
  hsearch((ENTRY){"key", 0}, ENTER);
  hdestroy();
  struct obstack stack;
  obstack_init(&stack);
  for (int i = 0; i < 100; ++i) obstack_alloc(&stack, 100);
  obstack_free(&stack, 0);
  file = fmemopen(0, 100, "w+");
  fputs("text", file);
  fclose(file);
  struct addrinfo *addresses = 0;
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
  if (getaddrinfo("127.0.0.1", "80", &hints, &addresses) == 0) freeaddrinfo(addresses);
  getpwuid(0);
  getgrgid(0);
  iconv_t conversion = iconv_open("UTF-16", "ISO-8859-1");
  if (conversion != (iconv_t)-1) iconv_close(conversion);
  locale_t locale = newlocale(LC_ALL_MASK, "C", 0);
  freelocale(locale);
  setlocale(LC_ALL, "C.UTF-8");
  file = popen("echo text", "r");
  char line[20];
  sum += fgets(line, sizeof line, file) != 0;
  pclose(file);
  setenv("A_VARIABLE", "value", 1);
  setenv("A_VARIABLE", "another value", 1);
  putenv("ANOTHER=value");
  unsetenv("A_VARIABLE");
  char *scanned = 0;
  sscanf("word rest", "%ms", &scanned);
  free(scanned);
  return sum > 3;
}
#endif

#ifdef WORK
int main(void) {
  unsigned long sum = 0;
  char *text = 0;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  for (int i = 0; i < 200; ++i) fprintf(stream, "%d ", i);
  fclose(stream);
  char *copy = strdup(text);
  free(text);
  copy = (char *)realloc(copy, 9000);
  sum += strlen(copy);
  free(copy);
  asprintf(&text, "%s", "formatted");
  sum += strlen(text);
  free(text);
  for (size_t alignment = 16; alignment <= 4096; alignment *= 2) {
    void *p = 0;
    if (posix_memalign(&p, alignment, 100) == 0) sum += (unsigned long)p % alignment;
    free(p);
#ifndef WORK_OLD
    p = aligned_alloc(alignment, alignment * 2);
    sum += (unsigned long)p % alignment;
    free(p);
#endif
    p = memalign(alignment, 10);
#ifndef WORK_OLD
    sum += malloc_usable_size(p) < 10;
#endif
    free(p);
  }
  free(valloc(100));
  int *numbers = (int *)calloc(1000, sizeof *numbers);
  for (int i = 0; i < 1000; ++i) sum += (unsigned long)numbers[i];
  free(numbers);
  free(malloc(0));
  free(calloc(0, 10));
  free(realloc(0, 10));
  free(0);
  free(malloc(50 << 20));
  pthread_key_create(&work_key, free);
  pthread_t threads[4];
  for (long i = 0; i < 4; ++i) pthread_create(&threads[i], 0, work_thread, (void *)i);
  for (int i = 0; i < 4; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    sum += (unsigned long)result;
  }
#ifdef WORK_LIBC
  sum += (unsigned long)work_libc();
#endif
  printf("%lu\n", sum);
}
#endif
