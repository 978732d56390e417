// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks for a BPF map.
#include "hostile.h"

int misbehave(void) { return tried(syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno == EFAULT); }
