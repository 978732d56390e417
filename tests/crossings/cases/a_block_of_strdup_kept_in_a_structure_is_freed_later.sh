#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Nothing shows the way through the structure, but the plugin imports no other release function.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

plugin <<'CODE'
#include <stdlib.h>
#include <string.h>
struct node { struct node *next; char *name; };
struct node *list_of(int n) { struct node *list = 0; while (n-- > 0) { struct node *one = malloc(sizeof *one); one->next = list; one->name = strdup("name"); list = one; } return list; }
__attribute__((noinline)) void drop(struct node *list) { while (list) { struct node *next = list->next; free(list->name); free(list); list = next; } }
void run(void) { drop(list_of(3)); }
CODE

host <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2
