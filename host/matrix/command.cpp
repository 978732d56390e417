// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From a task to the runner's command line and environment.
#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"
#include "base/tunables.h"
#include "matrix/run.h"

namespace crossheap::matrix {

sandbox::Command command_of(const Task &task, std::optional<std::uint64_t> token) {
  sandbox::Command command;
  command.program = task.host->runner;
  command.arguments = task.host->before;
  const auto add = [&](std::string_view option, std::string value) {
    command.arguments.emplace_back(option);
    command.arguments.push_back(std::move(value));
  };
  if (task.plugin != nullptr) add("--plugin", task.plugin->file.string());
  if (task.mode != nullptr) add("--mode", std::string(task.mode->name));
  switch (task.purpose) {
    case Purpose::List:
      command.arguments.emplace_back("--list");
      break;
    case Purpose::Load:
      command.arguments.emplace_back("--load");
      break;
    case Purpose::Play:
      add("--scenario", task.scenario);
      add("--direction", task.direction);
      break;
  }
  if (token) {
    command.arguments.emplace_back("--records");
    // SAFETY: any object may be read as bytes. Both ends are one machine.
    command.input.assign(reinterpret_cast<const char *>(&*token), sizeof *token);
  }
  // Nothing of the caller's environment but where libraries are: MALLOC_CONF or LD_PRELOAD would change the experiment.
  command.environment = {"LC_ALL=C"};
  if (const char *path = std::getenv("LD_LIBRARY_PATH"))
    command.environment.push_back(fmt::format("LD_LIBRARY_PATH={}", path));
  if (!task.host->preload.empty()) command.environment.push_back(fmt::format("LD_PRELOAD={}", task.host->preload));
  if (task.static_tls_raised != 0)
    command.environment.push_back("GLIBC_TUNABLES=" + raise_static_tls({}, task.static_tls_raised));
  command.directory = "/";
  command.forked = task.forked && task.host->forks;
  return command;
}

std::string shell_line(const sandbox::Command &command) {
  std::string line = "env -i";
  for (const std::string &variable : command.environment) line += " " + shell_quoted(variable);
  line += " " + shell_quoted(command.program.string());
  for (const std::string &argument : command.arguments) line += " " + shell_quoted(argument);
  return line;
}

}  // namespace crossheap::matrix
