// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The experiment's results in all the forms that were asked for, by `matrix` and `merge` alike.
#pragma once

#include "cli/command.h"
#include "matrix/run.h"
#include "matrix/summary.h"

namespace crossheap::cli {

/// Writes and finishes `reports`. Text and JSON are written from the results case by case: there may be very many.
void write_matrix(Reports &reports, const matrix::Results &results, const matrix::Summary &summary);

}  // namespace crossheap::cli
