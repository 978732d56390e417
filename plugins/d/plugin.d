// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The plugin in D. `new` allocates on druntime's collected heap, which C cannot release; C's functions are in core.stdc.
// What C is to keep of the collected heap is made a root of the collector for as long.
module plugin;

import contract;
import core.memory : GC;
import core.runtime : Runtime;
import core.stdc.stdlib : free, malloc;
import core.stdc.string : strcpy;

extern (C):

enum size = 120, alignment = 16;

void language_start() { Runtime.initialize(); }

int malloc_give(const Host*, Handover* handover) { return contract_given(handover, malloc(size), size); }

int malloc_take(const Host* host, Handover* handover)
{
    free(contract_received(host, handover));
    return 0;
}

void* lend()
{
    void* object = (new ubyte[size]).ptr;
    GC.addRoot(object);
    return object;
}

int heap_give(const Host*, Handover* handover) { return contract_given(handover, lend(), size); }
int heap_take(const Host*, Handover*) { return 1; }

int string_give(const Host*, Handover* handover)
{
    return contract_given_text(handover, strcpy(cast(char*) malloc(size), "a string of D"));
}

void takeBack(Handover* handover)
{
    GC.removeRoot(handover.block);
    GC.free(handover.block);
}

int owner_give(const Host* host, Handover* handover)
{
    contract_goes_home_by(handover, &takeBack);
    return heap_give(host, handover);
}

int host_give(const Host* host, Handover* handover)
{
    return contract_given(handover, contract_host_allocate(host, size, alignment), size);
}

int host_take(const Host* host, Handover* handover)
{
    contract_host_release(host, contract_received(host, handover), size, alignment);
    return 0;
}

int abi_give(const Host*, Handover* handover) { return contract_given(handover, crossheap_allocate(size, alignment), size); }

int abi_take(const Host* host, Handover* handover)
{
    contract_abi_release(handover, contract_received(host, handover), size, alignment);
    return 0;
}
