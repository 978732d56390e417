/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the recorder counts, in memory that the recorded processes share with crossheap. In C, because the recorder is.
 */
#ifndef CROSSHEAP_COMPARE_RECORD_H
#define CROSSHEAP_COMPARE_RECORD_H

#include <stdint.h>

#define CROSSHEAP_RECORD_VARIABLE "CROSSHEAP_RECORD"
#define CROSSHEAP_RECORDER "libcrossheap-recorder.so"

enum { CROSSHEAP_RECORD_POWERS = 65 };

/* A histogram by powers of two: entry i counts values from 2^(i-1) to below 2^i, entry 0 counts zeros. */
typedef uint64_t crossheap_powers[CROSSHEAP_RECORD_POWERS];  // NOLINT(modernize-use-using): it stays C

/* ABI: between a recorder and a crossheap of the same build; never stored. Valid as zero bytes. */
struct crossheap_record {
  uint64_t processes;
  uint64_t threads; /* that called the allocator, of all processes */
  uint64_t allocations;
  uint64_t releases;
  uint64_t cross_thread_releases;
  uint64_t unknown_releases; /* of blocks that were not recorded */
  uint64_t untracked;        /* blocks for which there was no room */
  uint64_t zeroed;           /* by calloc */
  uint64_t by_operator_new;
  uint64_t resizes; /* realloc of a block; not among the allocations and releases */
  uint64_t resizes_in_place;
  uint64_t resizes_growing;
  uint64_t resize_copied_bytes;
  uint64_t requested_bytes;
  uint64_t usable_bytes;
  uint64_t peak_live_bytes; /* requested, of the process with the most */
  uint64_t peak_live_blocks;
  crossheap_powers sizes;
  crossheap_powers lifetimes;  /* nanoseconds, of blocks that were released */
  crossheap_powers alignments; /* of the functions that take one */
};

#endif
