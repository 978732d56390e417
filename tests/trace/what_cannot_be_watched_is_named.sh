#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A static program, and one that may not have the address space of the page table, run as ever; the report says why nothing
# was seen.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/trace.bash"
echo 'int main(void) { return 3; }' >main.c
cc -static main.c -o static
cc main.c -o dynamic
trace -- ./static
ended_with 3
expect '.unwatched[0].reason' 'it is statically linked, and no loader puts the agent into it'
(
  ulimit -v 4000000
  trace -- ./dynamic
  ended_with 3
) || exit 1
expect '.unwatched | map(select(.object == "")) | length' 1
# A limit that the program sets itself is another matter: our table is not counted against it.
trace -- sh -c 'ulimit -v 4000000; exec ./dynamic'
ended_with 3
expect '.unwatched | length' 0
run 2 trace -- ./missing
says err 'next: check the path'
run 2 trace
