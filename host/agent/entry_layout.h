// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What entry.S and the C++ side agree on, as numbers that the assembler reads too. site.h and guard.h assert
// every one of them.
#ifndef CROSSHEAP_AGENT_ENTRY_LAYOUT_H
#define CROSSHEAP_AGENT_ENTRY_LAYOUT_H

// Offsets in a Call.
#define CROSSHEAP_CALL_RESULT 16
#define CROSSHEAP_CALL_SITE 24
#define CROSSHEAP_CALL_ARGUMENTS 32
#define CROSSHEAP_CALL_FRAME_POINTER 80
#define CROSSHEAP_CALL_RETURN_ADDRESS 88

// Offsets in a Site.
#define CROSSHEAP_SITE_RESUME 0
#define CROSSHEAP_SITE_BEFORE 8
#define CROSSHEAP_SITE_AFTER 16
#define CROSSHEAP_SITE_PASSES 24
#define CROSSHEAP_SITE_MAKES_FRAME 31

// Offsets in a ThreadState (guard.h). The last is of two words of 32 bits, in_heap_call and relays.
#define CROSSHEAP_STATE_BUSY 0
#define CROSSHEAP_STATE_OUTERMOST 8
#define CROSSHEAP_STATE_TAKEN 16
#define CROSSHEAP_STATE_IN_HEAP_CALL 24

// Values of Verdict; everything above the second is Done.
#define CROSSHEAP_VERDICT_PROCEED 0
#define CROSSHEAP_VERDICT_PROCEED_QUIETLY 1
#define CROSSHEAP_VERDICT_DONE 2

// Where an island of the preserving form leaves r11 as the program had it: so many bytes below the return address, in
// the red zone, which no signal handler touches.
#define CROSSHEAP_RED_ZONE_R11 16

#endif
