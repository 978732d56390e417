// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All of libc's ways to start a program come by `execve` (posix_spawn's too, in a child that shares our memory until
// then), and all ways to wait for a child by `wait4` or `waitid`. So three hooks see everything.
#include "agent/processes.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "agent/identity.h"
#include "agent/log.h"

namespace crossheap::agent {

namespace {

using event::Refusal;

// SAFETY (both): arguments of the program's own call, as it passed them.
const char *text_argument(const Call &call, std::size_t position) {
  return reinterpret_cast<const char *>(call.arguments[position]);
}
const char *const *list_argument(const Call &call, std::size_t position) {
  return reinterpret_cast<const char *const *>(call.arguments[position]);
}

bool follows_children() { return log::settings().follow_children != 0; }

bool has_our_variables(const char *const *environment) {
  bool audit = false;
  bool log = false;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view variable(*environment);
    audit = audit || variable.starts_with("LD_AUDIT=");
    log = log || (variable.starts_with(event::kLogVariable) && variable.size() > sizeof event::kLogVariable - 1 &&
                  variable[sizeof event::kLogVariable - 1] == '=');
  }
  return audit && log;
}

/// Why the agent will not be in this program; None where it will, and where there is no such program.
Refusal refusal_of(const char *path, const char *const *environment) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Refusal::None;
  struct stat status {};
  Elf64_Ehdr header{};
  const bool is_elf = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                      ::pread(fd, &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
                      std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
  Refusal refusal = Refusal::None;
  if (is_elf && header.e_ident[EI_CLASS] != ELFCLASS64) {
    refusal = Refusal::OtherLoader;
  } else if (is_elf && (status.st_mode & (S_ISUID | S_ISGID)) != 0 && ::geteuid() != 0) {
    refusal = Refusal::SetuidProgram;
  } else if (is_elf) {
    refusal = Refusal::StaticProgram;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment{};
      const auto at = static_cast<off_t>(header.e_phoff + i * sizeof segment);
      if (::pread(fd, &segment, sizeof segment, at) != static_cast<ssize_t>(sizeof segment)) break;
      if (segment.p_type != PT_INTERP) continue;
      char loader[256]{};
      const std::size_t bytes = segment.p_filesz < sizeof loader - 1 ? segment.p_filesz : sizeof loader - 1;
      const bool read = ::pread(fd, loader, bytes, static_cast<off_t>(segment.p_offset)) > 0;
      refusal = read && std::strstr(loader, "ld-linux") != nullptr ? Refusal::None : Refusal::OtherLoader;
    }
  }
  ::close(fd);
  if (refusal == Refusal::None && !has_our_variables(environment)) return Refusal::WithoutOurs;
  return refusal;
}

Verdict before_execve(Call &call) {
  if (is_quiet()) return Verdict::Proceed;
  const char *const path = text_argument(call, 0);
  if (path == nullptr || !follows_children()) return Verdict::Proceed;
  if (::access(path, X_OK) != 0) return Verdict::Proceed;  // a search along PATH goes on elsewhere
  const Refusal refusal = refusal_of(path, list_argument(call, 2));
  if (refusal != Refusal::None) log::unwatched_program(asked_process_ids(), path, refusal);
  return Verdict::Proceed;
}

Verdict before_wait(Call &) { return Verdict::Proceed; }

// A child that ended well has told so itself, or there is nothing to say of it.
void child_ended(std::int32_t pid, int status) {
  if (pid > 0 && ((WIFEXITED(status) && WEXITSTATUS(status) != 0) || WIFSIGNALED(status)))
    log::child_ended(static_cast<std::uint32_t>(pid), static_cast<std::uint32_t>(status));
}

void after_wait4(Call &call) {
  if (call.arguments[1] == 0 || !follows_children()) return;
  // SAFETY: where the program wanted the status, just written by the function where it answers with a process.
  const auto pid = static_cast<std::int32_t>(call.result);
  if (pid > 0) child_ended(pid, *reinterpret_cast<const int *>(call.arguments[1]));
}

void after_waitid(Call &call) {
  if (static_cast<std::int32_t>(call.result) != 0 || call.arguments[2] == 0 || !follows_children()) return;
  // SAFETY: as above.
  const auto &seen = *reinterpret_cast<const siginfo_t *>(call.arguments[2]);
  const bool exited = seen.si_code == CLD_EXITED;
  if (exited || seen.si_code == CLD_KILLED || seen.si_code == CLD_DUMPED)
    child_ended(seen.si_pid, exited ? W_EXITCODE(seen.si_status, 0) : seen.si_status);
}

constexpr NamedHook kHooks[] = {
    {"execve", before_execve, nullptr},
    {"wait4", before_wait, after_wait4},
    {"waitid", before_wait, after_waitid},
};

}  // namespace

HookTable process_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

}  // namespace crossheap::agent
