// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The host's side of what only the Rust plugins offer (plugins/rust): the raw parts of a Vec and a String treated as C
// treats an array, and what a caught panic carries. Linked into hosts only.
#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

std::int32_t give_array(const crossheap_host *, crossheap_handover *handover) {
  return give_block(*handover, CROSSHEAP_HEAP(malloc)(kOrdinary), kOrdinary);
}

std::int32_t take_array(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  CROSSHEAP_HEAP(free)(handover->block);
  return 0;
}

std::int32_t grow_array(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  void *grown = CROSSHEAP_HEAP(realloc)(handover->block, 8 * kOrdinary);
  if (grown == nullptr) return 1;
  expect(*host, holds(grown, kOrdinary, handover->seed), "realloc did not keep the contents");
  fill(grown, 8 * kOrdinary, handover->seed + 1);
  CROSSHEAP_HEAP(free)(grown);
  return 0;
}

std::int32_t send_home(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kRustVec, kToHost, CROSSHEAP_STAGING_NONE, 0, 'a', "rust-vec",
                   "A Rust Vec is grown with realloc and freed by the host.", "language heap", "realloc,free",
                   give_array, grow_array);
CROSSHEAP_SCENARIO(kRustVecAdopted, kToPlugin, CROSSHEAP_STAGING_NONE, 0, 'a', "rust-vec-adopted",
                   "An array from the host's malloc becomes a Rust Vec, which grows and is dropped.", "malloc",
                   "language heap", give_array, take_array);
CROSSHEAP_SCENARIO(kRustString, kToHost, CROSSHEAP_STAGING_NONE, 0, 'a', "rust-string",
                   "The bytes of a Rust String are freed by the host.", "language heap", "free", give_array,
                   take_array);
CROSSHEAP_SCENARIO(kRustPanic, kToHost, CROSSHEAP_STAGING_NONE, 0, 'b', "rust-panic",
                   "A Rust panic is caught at the boundary, and what it carries goes back through its owner.",
                   "language heap", "owner", give_array, send_home);

}  // namespace
}  // namespace crossheap::scenarios
