// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The examples that --help and the manual pages show. A test runs each line in a folder that has my_program,
// my_plugin.so, build/lib and the results that the lines name. A verb without an example fails it.
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "cli/completions.h"

namespace crossheap::cli {

namespace {

struct Examples {
  std::string_view verb;
  std::string_view lines;
};

constexpr std::array kExamples{
    Examples{"inspect",
             "  crossheap inspect my_plugin.so\n"
             "  crossheap inspect --policy artifact build/lib -o report.sarif -o report.html\n"},
    Examples{"bind",
             "  crossheap bind --host ./my_program ./my_plugin.so\n"
             "  crossheap bind --mode deepbind --observe --host ./my_program ./my_plugin.so\n"},
    Examples{"which-malloc",
             "  crossheap which-malloc ./my_program\n"
             "  crossheap which-malloc --preload libjemalloc.so.2 ./my_program\n"},
    Examples{"trace",
             "  crossheap trace -- ./my_program its arguments\n"
             "  crossheap trace --on-crossing route -- ./my_program\n"
             "  crossheap trace -o result.json -o page.html -- ./my_program\n"},
    Examples{"env",
             "  crossheap env --log my.log ./my_program\n"
             "  crossheap trace --read my.log\n"},
    Examples{"matrix",
             "  crossheap matrix --mode deepbind --list\n"
             "  crossheap matrix --host jemalloc --plugin system --mode deepbind\n"
             "  crossheap matrix --explain jemalloc/system/deepbind/malloc/to-plugin\n"},
    Examples{"merge",
             "  crossheap matrix --host jemalloc --plugin system --shard 1/2 -o part-1.json\n"
             "  crossheap matrix --host jemalloc --plugin system --shard 2/2 -o part-2.json\n"
             "  crossheap merge part-1.json part-2.json\n"},
    Examples{"report",
             "  crossheap report result.json -o page.html\n"
             "  crossheap report result.json --format markdown\n"},
    Examples{"explain",
             "  crossheap explain XH101\n"
             "  crossheap explain static TLS\n"},
    Examples{"completions",
             "  crossheap completions bash\n"
             "  crossheap completions fish\n"},
    Examples{"check",
             "  crossheap check my_plugin.so\n"
             "  crossheap check --profile php --profile nginx my_plugin.so\n"
             "  crossheap check --profile all --static my_plugin.so -o verdict.sarif\n"
             "  crossheap check my_plugin.so -o report.html -o report.json\n"
             "  crossheap check my_plugin.so --drive ./my_program its arguments\n"},
    Examples{"contract", "  crossheap contract draft my_plugin.so\n"},
    Examples{"compare", "  crossheap compare --runs 6 -- ./my_program\n"},
    Examples{"bench",
             "  crossheap bench --list\n"
             "  crossheap bench --only larson --only 'cache-*' --allocators glibc,jemalloc\n"
             "  crossheap bench --claims -o claims.json -o claims.html\n"},
};

}  // namespace

void add_examples(CLI::App &app) {
  for (CLI::App *const verb : app.get_subcommands([](const CLI::App *) { return true; }))
    for (const Examples &one : kExamples)
      if (verb->get_name() == one.verb) verb->footer(fmt::format("Examples:\n{}\n{}", one.lines, verb->get_footer()));
}

}  // namespace crossheap::cli
