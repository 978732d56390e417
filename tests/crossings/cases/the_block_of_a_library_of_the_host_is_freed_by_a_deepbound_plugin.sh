#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The library was there at start and is on the preloaded heap; the plugin that calls it is not.
# shellcheck source=tests/crossings/crossings.bash
source "$(dirname "$0")/../crossings.bash"

library shared <<'CODE'
#include <stdlib.h>
char *shared(void) { return calloc(1, 100); }
CODE

plugin -lshared <<'CODE'
#include <stdio.h>
#include <stdlib.h>
char *shared(void);
void run(void) { char *block = shared(); puts(block); free(block); }
CODE

host -Wl,--no-as-needed -lshared <"$programs/host_runs.c"

crashes deepbind libjemalloc.so.2
safe local libjemalloc.so.2

# Mended.

library shared <<'CODE'
#include <stdlib.h>
char *shared(void) { return calloc(1, 100); }
void shared_free(char *block) { free(block); }
CODE

plugin -lshared <<'CODE'
#include <stdio.h>
#include <stdlib.h>
char *shared(void); void shared_free(char *);
void run(void) { char *block = shared(); puts(block); shared_free(block); free(malloc(9)); }
CODE

safe deepbind libjemalloc.so.2
