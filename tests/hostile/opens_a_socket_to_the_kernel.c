// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a socket by which the kernel tells of networks and processes.
#include <sys/socket.h>
#include "hostile.h"

int misbehave(void) { return tried(socket(AF_NETLINK, SOCK_RAW, 0) >= 0); }
