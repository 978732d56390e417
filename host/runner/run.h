// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The runner as a function: what main() of a host build calls, and what a process in another language calls through its
// interface to C (runner/languages). A C declaration, because those read it too.
#ifndef CROSSHEAP_RUNNER_RUN_H
#define CROSSHEAP_RUNNER_RUN_H

#ifdef __cplusplus
extern "C" {
#endif

/// Does what the words say (run.cpp); words[0] is not looked at. Returns the exit status. To be called once in a
/// process.
__attribute__((visibility("default"))) int crossheap_run(int count, char **words);

#ifdef __cplusplus
}
#endif
#endif
