/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <crossheap/plugin.h>

const struct crossheap_plugin crossheap_plugin = {
    .struct_size = sizeof(struct crossheap_plugin),
    .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
    .name = "example",
    .version = "1",
    .party = {.struct_size = sizeof(struct crossheap_party),
              .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
              .name = "the plugin",
              .provider = crossheap_provider,
              .allocate = crossheap_allocate,
              .reallocate = crossheap_reallocate,
              .release = crossheap_deallocate},
};
