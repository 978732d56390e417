// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/completions.h"
#include "cli/verbs.h"

namespace crossheap::cli {

// In the order of the help.
void add_verbs(CLI::App &app, Work &chosen) {
  add_check(app, chosen);
  add_matrix(app, chosen);
  add_inspect(app, chosen);
  add_bind(app, chosen);
  add_which_malloc(app, chosen);
  add_merge(app, chosen);
  add_trace(app, chosen);
  add_env(app, chosen);
  add_report(app, chosen);
  add_compare(app, chosen);
  add_contract(app, chosen);
  add_bench(app, chosen);
  add_explain(app, chosen);
  add_completions(app, chosen);
  add_examples(app);
}

}  // namespace crossheap::cli
