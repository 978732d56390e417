/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a plugin in another language than C++ calls: the parts of the plugin contract that are pointers to functions,
 * and the contents of blocks. What it defines itself stands at the top of contract.c.
 */
#ifndef CROSSHEAP_PLUGINS_LANGUAGES_CONTRACT_H
#define CROSSHEAP_PLUGINS_LANGUAGES_CONTRACT_H

#include "scenarios/experiment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The end of every give: writes the contents and describes the block; 1 where it is null. */
int32_t contract_given(struct crossheap_handover *handover, void *block, size_t size);
/* The same for a string, which has its contents already. */
int32_t contract_given_text(struct crossheap_handover *handover, char *text);
/* The start of every take: looks at the contents and returns the block. */
void *contract_received(const struct crossheap_host *host, const struct crossheap_handover *handover);

/* Contract (b): names the owner's function for a block that was given. */
void contract_goes_home_by(struct crossheap_handover *handover, void (*release)(struct crossheap_handover *handover));
/* Contract (c): the functions that the host handed in. */
void *contract_host_allocate(const struct crossheap_host *host, size_t size, size_t align);
void contract_host_release(const struct crossheap_host *host, void *block, size_t size, size_t align);
/* Contract (d): releases a block of the ABI here where owner and taker are on one heap, else by its owner. */
void contract_abi_release(const struct crossheap_handover *handover, void *block, size_t size, size_t align);

#ifdef __cplusplus
}
#endif
#endif
