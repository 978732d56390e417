/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the launcher tells the program that started it, over a socket: one message an event, of one size.
 *
 * Its command line: launcher plain|watch NAME=VALUE... -- PROGRAM WORD...
 * The socket is descriptor CROSSHEAP_LAUNCH_FD. In C, because the launcher is.
 */
#ifndef CROSSHEAP_MEASURE_LAUNCH_PROTOCOL_H
#define CROSSHEAP_MEASURE_LAUNCH_PROTOCOL_H

#include <stdint.h>
#include <sys/resource.h>

enum {
  CROSSHEAP_LAUNCH_FD = 3,
/* The name of the launcher's file in lib/crossheap. */
#define CROSSHEAP_LAUNCHER "crossheap-launcher"
};

enum {
  CROSSHEAP_LAUNCH_STARTED = 1, /* pid: of the program, which leads a process group */
  CROSSHEAP_LAUNCH_NOT_STARTED, /* error: errno of execve; nothing follows */
  CROSSHEAP_LAUNCH_AT_EXIT,     /* watch: process pid is about to end and holds still until one byte is answered */
  CROSSHEAP_LAUNCH_ENDED        /* the program and all it had started are gone; nothing follows */
};

/* ABI: between a launcher and a crossheap of the same build; never stored. */
struct crossheap_launch_message {
  uint32_t kind;
  int32_t pid;
  int32_t status; /* as wait(2) has it */
  int32_t error;
  uint32_t left_behind; /* processes that were still there when the program had ended, and were killed */
  uint32_t zero;
  uint64_t wall_ns;
  struct rusage usage; /* of the program and all that it waited for */
};

#endif
