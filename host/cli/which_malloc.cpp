// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap which-malloc: one line for the impatient.
#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "binding/in_words.h"
#include "cli/command.h"
#include "elf/source.h"
#include "inspect/inspection.h"
#include "trace/program.h"

namespace crossheap::cli {

namespace fs = std::filesystem;

namespace {

struct WhichOptions {
  std::string program;
  std::vector<std::string> preloads;
  std::string library_path;
};

std::string of_static_program(const elf::File &file) {
  const inspect::Inspection inspection = inspect::inspect_file(file);
  std::vector<std::string> families;
  for (const inspect::AllocatorInside &allocator : inspection.allocators)
    families.emplace_back(name_of(allocator.family));
  return fmt::format("{} inside the program, which is statically linked",
                     families.empty() ? "an allocator without a known name" : enumeration(families));
}

// "jemalloc in libjemalloc.so.2 (the global scope comes first; not in prog; found in libjemalloc.so.2)"
std::string of_dynamic_program(const fs::path &program, const WhichOptions &options) {
  binding::ObjectFiles files(binding::is_of_malloc_family);
  binding::SearchSettings settings = binding::own_settings();
  if (!options.library_path.empty()) settings.library_path = options.library_path;
  settings.secure = elf::Source::open(program)->starts_in_secure_mode();
  const binding::Process process(files, program, settings, options.preloads);
  if (!process.problems().empty())
    throw Error(Blame::Work, program.string(), "could not be started: " + process.problems().front(),
                "put the missing library where the loader finds it, or name its folder with --library-path");
  const binding::Ownership ownership(process.snapshot());
  std::string text;
  if (const binding::Use *use = ownership.use_of(0, "malloc"); use != nullptr) {
    text = binding::in_words(process.objects(), ownership, use->instance);
    if (use->binding != nullptr)
      text += fmt::format(" ({})", binding::reason_of(process, *use->binding));
    else
      text += " (its own, called directly)";
  } else if (const auto nameless = ownership.nameless_instance(0)) {
    text =
        fmt::format("{} inside the program, stripped: it imports no function that releases blocks, and so uses its own",
                    name_of(ownership.family_of(*nameless)));
  } else if (const auto definition = process.find_default(0, "malloc")) {
    if (const auto instance = ownership.instance_behind(*definition, "malloc"))
      text = binding::in_words(process.objects(), ownership, *instance) +
             " (the program does not call malloc itself; its libraries get this one)";
  }
  if (text.empty()) throw Error(Blame::Work, program.string(), "reaches no malloc at all", "it may be damaged");
  for (const std::string &warning : process.warnings()) text += fmt::format("; {}", warning);
  return text;
}

int which_malloc(const WhichOptions &options) {
  elf::guard_against_truncation();
  const fs::path program = trace::find_program(options.program);
  const elf::File file(open_elf_file(program));
  fmt::print("{}: {}\n", printable_name(program.string()),
             printable_name(file.is_dynamic() && !file.interpreter().empty() ? of_dynamic_program(program, options)
                                                                             : of_static_program(file)));
  return kClean;
}

}  // namespace

void add_which_malloc(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<WhichOptions>();
  CLI::App *command = app.add_subcommand("which-malloc", "One line: the allocator that a program's malloc is, and why");
  command->add_option("PROGRAM", options->program, "A path, or a name as the shell finds it")
      ->required()
      ->type_name("");
  command->add_option("--preload", options->preloads, "As in LD_PRELOAD; may be given several times")
      ->allow_extra_args(false)
      ->type_name("LIB");
  command
      ->add_option("--library-path", options->library_path,
                   "Folders as in LD_LIBRARY_PATH (default: what that variable says)")
      ->type_name("PATHS");
  command->callback([options, &chosen] { chosen = [options] { return which_malloc(*options); }; });
}

}  // namespace crossheap::cli
