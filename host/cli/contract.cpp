// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap contract: writes a first contract for a plugin, and says whether one is finished. `crossheap check
// --contract` makes its calls.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <iostream>

#include "base/text.h"
#include "cli/command.h"
#include "contract/contract.h"

namespace crossheap::cli {

namespace {

struct ContractOptions {
  std::string action;
  std::vector<std::string> files;
  std::string output;
};

int write_draft(const ContractOptions &options) {
  if (options.files.size() != 1) throw Error(Blame::Usage, "contract draft", "drafts for one library", "name one");
  const std::string &library = options.files.front();
  open_elf_file(library);  // of a script or a missing file, it says so
  const contract::Draft draft = contract::draft(library);
  Output output = options.output.empty() ? Output(std::cout) : Output(options.output);
  output.stream() << draft.text;
  output.finish();
  const std::string where = options.output.empty() ? "the draft" : printable_name(options.output);
  if (draft.calls == 0)
    complain("crossheap: {} exports no C function that a contract could name\n", printable_name(library));
  else
    complain(
        "crossheap: {} has {} call{}; fill in {} question mark{}, and delete the calls that a host does not make\n",
        where, with_commas(draft.calls), draft.calls == 1 ? "" : "s", with_commas(draft.marks),
        draft.marks == 1 ? "" : "s");
  return kClean;
}

int check_contracts(const ContractOptions &options) {
  if (!options.output.empty()) throw Error(Blame::Usage, "--output", "is for a draft", "leave it out");
  for (const std::string &file : options.files) {
    const contract::Contract contract = contract::read(file);
    fmt::print(std::cout, "{}: {} call{}, finished\n", printable_name(file), contract.calls.size(),
               contract.calls.size() == 1 ? "" : "s");
  }
  return kClean;
}

}  // namespace

void add_contract(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<ContractOptions>();
  CLI::App *command = app.add_subcommand(
      "contract", "Write a first contract for a plugin: which functions a host may call, and who owns what passes");
  command
      ->add_option("ACTION", options->action,
                   "draft: write a contract from what LIBRARY exports; check: say whether contracts are finished")
      ->required()
      ->type_name("")
      ->check(CLI::IsMember({"draft", "check"}));
  command->add_option("FILE", options->files, "The library, or the contracts")->required()->type_name("");
  command->add_option("-o,--output", options->output, "Write the draft to FILE (default: standard output)")
      ->type_name("FILE");
  command->footer(
      "A draft has a question mark where no file tells the answer: who releases a block, which arguments make sense.\n"
      "Fill them in; `crossheap check --contract FILE` then makes the calls.");
  command->callback([options, &chosen] {
    chosen = [options] { return options->action == "draft" ? write_draft(*options) : check_contracts(*options); };
  });
}

}  // namespace crossheap::cli
