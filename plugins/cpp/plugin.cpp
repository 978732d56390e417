// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The plugin of the experiment: the scenarios and this contract, nothing else. The same source is linked against every
// allocator build (plugins/builds); only the link decides whose malloc it gets.

#include <cstring>

#include "scenarios/experiment.h"
#include "scenarios/list.h"

namespace {

const crossheap_scenario *const *scenarios(std::uint32_t *count) {
  const auto linked = crossheap::scenarios::linked_scenarios();
  *count = static_cast<std::uint32_t>(linked.size());
  return linked.data();
}

const crossheap_binding *bindings(std::uint32_t *count) {
  const auto linked = crossheap::scenarios::linked_bindings();
  *count = static_cast<std::uint32_t>(linked.size());
  return linked.data();
}

constexpr crossheap_experiment kExperiment{scenarios, bindings};

const void *extension(const char *id) { return std::strcmp(id, CROSSHEAP_EXPERIMENT) == 0 ? &kExperiment : nullptr; }

}  // namespace

extern "C" {

[[gnu::visibility("default")]] extern const struct crossheap_plugin crossheap_plugin;

const struct crossheap_plugin crossheap_plugin = {
    .struct_size = sizeof(struct crossheap_plugin),
    .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
    .name = "cpp",
    .version = "1",
    .party = {.struct_size = sizeof(struct crossheap_party),
              .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
              .name = "plugin",
              .provider = crossheap_provider,
              .allocate = crossheap_allocate,
              .reallocate = crossheap_reallocate,
              .release = crossheap_deallocate},
    .open = nullptr,
    .close = nullptr,
    .extension = extension,
};
}
