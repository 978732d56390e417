// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/verbs.h"

namespace crossheap::cli {

void add_verbs(CLI::App &app, Work &chosen) { add_matrix(app, chosen); }

}  // namespace crossheap::cli
