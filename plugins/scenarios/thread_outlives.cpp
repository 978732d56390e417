// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A host thread used the plugin's heap. The plugin is closed before that thread ends, and the thread's destructors for
// the plugin's allocator run into what is no longer there (XH301).
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

CROSSHEAP_SCENARIO(kThreadOutlives, kInside, CROSSHEAP_STAGING_THREAD_OUTLIVES, 0, 'a', "thread-outlives",
                   "A host thread used the plugin's heap; the plugin is closed before that thread ends.", "malloc",
                   "free", give, take);

}  // namespace
}  // namespace crossheap::scenarios
