// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether the program that this process is about to become will be able to open a file. Not the same as whether this
// process can: one that has left root behind but kept its capabilities (setpriv) loses them by executing.
#pragma once

namespace crossheap::agent {

/// \param how  O_RDONLY or O_RDWR
bool will_open(const char *path, int how);

}  // namespace crossheap::agent
