// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The contract (languages/contract.h) in D's words.
module contract;

extern (C):

struct Host;  // of the contract, which only C looks into
struct Handover  // the start of struct crossheap_handover
{
    uint structSize, reserved;
    void* block;
}

alias TakeBack = void function(Handover*);
int contract_given(Handover*, void*, size_t);
int contract_given_text(Handover*, char*);
void* contract_received(const Host*, const Handover*);
void contract_goes_home_by(Handover*, TakeBack);
void* contract_host_allocate(const Host*, size_t, size_t);
void contract_host_release(const Host*, void*, size_t, size_t);
void contract_abi_release(const Handover*, void*, size_t, size_t);
void* crossheap_allocate(size_t, size_t);
