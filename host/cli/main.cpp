// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap: the program. Reads the command line, runs the subcommand, and is the one place that prints an Error and
// picks the exit status.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>

#include "base/error.h"
#include "cli/command.h"

int main(int count, char **words) {
  using namespace crossheap;
  try {
    CLI::App app("crossheap finds heap blocks that cross from the allocator that owns them to another one.",
                 "crossheap");
    app.set_version_flag("--version", "crossheap " CROSSHEAP_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 clean; 1 findings; 2 the command line or a file it names is wrong;\n"
        "3 the work could not be done; 130 interrupted.");
    cli::Work work;
    cli::add_matrix(app, work);
    cli::add_inspect(app, work);
    cli::add_bind(app, work);
    cli::add_which_malloc(app, work);
    cli::add_merge(app, work);
    cli::add_trace(app, work);
    cli::add_env(app, work);
    cli::add_explain(app, work);
    try {
      app.parse(count, words);
    } catch (const CLI::ParseError &wrong) {
      return app.exit(wrong) == 0 ? cli::kClean : cli::kUsage;
    }
    return work();
  } catch (const Error &error) {
    fmt::print(stderr, "crossheap: {}\n", error.what());
    return error.blame() == Blame::Usage ? cli::kUsage : cli::kCouldNot;
  } catch (const std::bad_alloc &) {
    std::fputs("crossheap: memory is exhausted\n", stderr);
    return cli::kCouldNot;
  } catch (const std::exception &error) {
    fmt::print(stderr, "crossheap: {} (this is a mistake in crossheap; please report it)\n", error.what());
    return cli::kCouldNot;
  }
}
