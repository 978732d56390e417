// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the program is when a workload starts it as another process.
#pragma once

namespace crossheap::workload {

/// The load of the HTTP server: PROGRAM --http-client PORT CONNECTIONS REQUESTS SEED. Prints one line of numbers.
/// \return the exit status
int http_client(int count, char **words);

/// One of the short-lived processes. \return the exit status
int short_lived_child();

}  // namespace crossheap::workload
