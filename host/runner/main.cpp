// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The runner as a program of its own: a host that is nothing but its allocator.
#include "runner/run.h"

int main(int count, char **words) { return crossheap_run(count, words); }
