// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The runner as a program of its own: a host that is nothing but its allocator. The experiment plays thousands of cases
// in it, so it can be started once and forked for each (sandbox/serve.h).
#include <string_view>

#include "runner/run.h"
#include "sandbox/serve.h"

int main(int count, char **words) {
  if (count == 2 && std::string_view(words[1]) == crossheap::sandbox::kServe) {
    const auto run = crossheap::sandbox::serve();
    return crossheap_run(run.count, run.words);
  }
  return crossheap_run(count, words);
}
