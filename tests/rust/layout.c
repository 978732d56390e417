// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What artifacts/src/layout.rs writes, out of the C headers.
#include <stdio.h>

#include "scenarios/experiment.h"

#define SIZE(name) printf("%s %zu\n", #name, sizeof(struct crossheap_##name))
#define FIELD(name, field) printf("%s.%s %zu\n", #name, #field, offsetof(struct crossheap_##name, field))

int main(void) {
  SIZE(provider);
  FIELD(provider, struct_size), FIELD(provider, abi_version), FIELD(provider, family), FIELD(provider, version);
  FIELD(provider, resolution), FIELD(provider, allocate_address), FIELD(provider, release_address);
  SIZE(party);
  FIELD(party, struct_size), FIELD(party, abi_version), FIELD(party, name), FIELD(party, provider);
  FIELD(party, allocate), FIELD(party, reallocate), FIELD(party, release);
  SIZE(host);
  FIELD(host, struct_size), FIELD(host, abi_version), FIELD(host, party), FIELD(host, extension);
  SIZE(experiment_host);
  FIELD(experiment_host, report_wrong), FIELD(experiment_host, report_finished);
  SIZE(handover);
  FIELD(handover, struct_size), FIELD(handover, reserved), FIELD(handover, block), FIELD(handover, size);
  FIELD(handover, align), FIELD(handover, seed), FIELD(handover, owner), FIELD(handover, taker);
  FIELD(handover, release);
  SIZE(scenario);
  FIELD(scenario, struct_size), FIELD(scenario, directions), FIELD(scenario, staging), FIELD(scenario, flags);
  FIELD(scenario, contract), FIELD(scenario, name), FIELD(scenario, sentence), FIELD(scenario, acquired_by);
  FIELD(scenario, released_by), FIELD(scenario, give), FIELD(scenario, take);
  SIZE(binding);
  FIELD(binding, function), FIELD(binding, address);
  SIZE(plugin);
  FIELD(plugin, struct_size), FIELD(plugin, abi_version), FIELD(plugin, name), FIELD(plugin, version);
  FIELD(plugin, party), FIELD(plugin, open), FIELD(plugin, close), FIELD(plugin, extension);
  SIZE(experiment);
  FIELD(experiment, scenarios), FIELD(experiment, bindings);
  printf("versions %u %u\n", CROSSHEAP_ABI_VERSION, CROSSHEAP_PLUGIN_ABI_VERSION);
  printf("directions %u %u %u\n", CROSSHEAP_DIRECTION_TO_HOST, CROSSHEAP_DIRECTION_TO_PLUGIN,
         CROSSHEAP_DIRECTION_INSIDE);
  return 0;
}
