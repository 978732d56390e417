#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The static stage of check: several threads share the files that they read and what they learn from them.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"

cat >plugin.c <<'C'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *PyInit_plugin(void) { return NULL; }
int count(const char *text) {
  char *line = NULL;
  char *copy = NULL;
  if (asprintf(&copy, "%s!", text) < 0) return -1;
  line = strdup(copy);
  const int length = (int)strlen(line);
  free(line);
  free(copy);
  return length;
}
C
cc -O2 -shared -fPIC plugin.c -o plugin.so || exit 1
for jobs in 1 4; do
  "$CROSSHEAP" check --static --profile cpython --profile perl --profile generic --jobs $jobs --format json -o $jobs.json plugin.so >out 2>err ||
    [[ $? -eq 1 ]] || { cat err; exit 1; }
  jq '{cells: [.cells[] | {profile, mode, allocator, verdict}], findings: [.findings[] | {id, summary}]}' $jobs.json >$jobs || exit 1
done
diff 1 4 || exit 1
