// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a socket to the network.
#include "hostile.h"

#include <sys/socket.h>

int misbehave(void) { return tried(socket(AF_INET, SOCK_DGRAM, 0) >= 0); }
