// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All of libc's ways to start a program come by `execve` (posix_spawn's too, in a child that shares our memory until
// then) or are `fexecve` and `execveat`. All ways to wait for a child come by `wait4` or `waitid`.
#include "agent/processes.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "agent/identity.h"
#include "agent/limits.h"
#include "agent/loan.h"
#include "agent/log.h"
#include "agent/mapped_file.h"
#include "agent/readable.h"
#include "agent/static_tls.h"
#include "agent/will_open.h"
#include "allocator/libc_names.h"

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

// What this process was started with, as the programs that it executes need it.
char agent_path[4096];
char log_path[4096];

template <std::size_t room>
void keep(char (&to)[room], const char *text, std::size_t length) {
  if (length >= room) length = 0;
  std::memcpy(to, text, length);
  to[length] = 0;
}

bool has_our_variables(const char *const *environment) {
  const char *const audit = value_in(environment, "LD_AUDIT=");
  const char *const log = value_in(environment, "CROSSHEAP_LOG=");
  return audit != nullptr && log != nullptr && std::string_view(audit).find(agent_path) != std::string_view::npos;
}

// A program may be executed from a stack of one page: that of a child by `clone`, or of a handler. So what is long does
// not stand there. A thread finds its rooms again where a child that shared its memory has not come back.
struct Text {
  char characters[4096];
};
constexpr std::size_t kMostVariables = 1500;  // a child of posix_spawn has a stack of 32 KiB
struct Variables {
  Text text;
  const char *list[kMostVariables + 3];
};
constexpr std::size_t kMostAtOnce = 16;
Rooms<Variables, kMostAtOnce> variable_rooms;
Rooms<Text, kMostAtOnce> path_rooms;

/// A program that is about to be executed, by whichever of libc's functions.
struct Execution {
  Call &call;
  const char *path;  ///< by which it can be opened
  const char *const *arguments;
  const char *const *environment;
  int (*go_on)(Call &, const char *const *environment);  ///< the call as it was made, with these variables
  std::string_view folders;                              ///< that the loader is told to look in, if it is
};

/// Where the loader is executed with a program as its argument, that program is meant.
void look_behind_loader(Execution &execution) {
  if (libc_of_loader(execution.path) != Family::Glibc || execution.arguments == nullptr) return;
  const char *const *word = execution.arguments;
  if (*word != nullptr) ++word;
  for (; *word != nullptr && std::string_view(*word).starts_with("--"); ++word) {
    const std::string_view option(*word);
    for (const std::string_view known : kLoaderOptionsWithValue) {
      if (option != known || word[1] == nullptr) continue;
      ++word;
      if (known == kLoaderLibraryPath) execution.folders = *word;
      break;
    }
  }
  if (*word != nullptr) execution.path = *word;
}

/// Why the agent will not be in this program; None where it will, and where there is no such program.
Refusal refusal_of(const char *path, const char *const *environment) {
  const int fd = open_regular(path);
  // Who may open no file at all opens no agent either, and the loader would complain of that first.
  if (fd < 0) return errno == EMFILE && has_our_variables(environment) ? Refusal::OutOfSight : Refusal::None;
  struct stat status {};
  Elf64_Ehdr header{};
  const bool is_elf = ::fstat(fd, &status) == 0 &&
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
      refusal = read && libc_of_loader(loader) == Family::Glibc ? Refusal::None : Refusal::OtherLoader;
    }
  }
  ::close(fd);
  if (refusal == Refusal::None && !has_our_variables(environment)) return Refusal::WithoutOurs;
  const bool can_see_us = will_open(agent_path, O_RDONLY) && will_open(log_path, O_RDWR);
  return refusal == Refusal::None && !can_see_us ? Refusal::OutOfSight : refusal;
}

// --- Static TLS of what is executed -------------------------------------------------------------------------------

constexpr std::string_view kTunables = "GLIBC_TUNABLES=";
constexpr std::string_view kStaticTls = "glibc.rtld.optional_static_tls=";
constexpr std::string_view kLimitsPrefix = "CROSSHEAP_LIMITS=";
constexpr std::uint64_t kGlibcsOwn = 512;
constexpr std::size_t kLongestTunables = 2048;

std::uint64_t started_with;  // the value that this program was started with, ours added; 0 where it had none

std::uint64_t number_in(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// Splits the list of tunables: the value for static TLS, 0 where there is none; `others` gets the rest, each with a
/// colon behind it. Its length is added to `length`.
std::uint64_t split_tunables(std::string_view list, char *others, std::size_t &length) {
  std::uint64_t value = 0;
  while (!list.empty()) {
    const std::size_t end = list.find(':');
    const std::string_view one = list.substr(0, end);
    if (one.starts_with(kStaticTls)) {
      value = number_in(one.substr(kStaticTls.size()));
    } else if (!one.empty()) {
      std::memcpy(others + length, one.data(), one.size());
      length += one.size();
      others[length++] = ':';
    }
    if (end == std::string_view::npos) break;
    list = list.substr(end + 1);
  }
  return value;
}

void append_number(char *text, std::size_t &length, std::uint64_t number) {
  char digits[24];
  std::size_t count = 0;
  for (; count == 0 || number != 0; number /= 10) digits[count++] = static_cast<char>('0' + number % 10);
  while (count != 0) text[length++] = digits[--count];
}

/// Executes the program with the static TLS that its libraries need. What the program says about tunables stays; only
/// the one that we raised for this process is set anew. The new list of variables is lent to this function, so the call
/// is made from here; it comes back only where it failed.
[[gnu::noinline]] Verdict execute(const Execution &execution, std::uint64_t libraries_need) {
  const char *const *const environment = execution.environment;
  std::size_t variables = 0;
  while (environment != nullptr && environment[variables] != nullptr) ++variables;
  const char *const given = value_in(environment, kTunables.data());
  const std::string_view list = given == nullptr ? std::string_view() : std::string_view(given);
  if (environment == nullptr || variables > kMostVariables || list.size() > kLongestTunables) return Verdict::Proceed;
  const Loan room(variable_rooms);
  static_assert(kTunables.size() + kLongestTunables + kStaticTls.size() + 32 < sizeof(Text));
  auto *const text = room ? (*room).text.characters : static_cast<char *>(__builtin_alloca(sizeof(Text)));
  std::memcpy(text, kTunables.data(), kTunables.size());
  std::size_t length = kTunables.size();
  const std::uint64_t before = split_tunables(list, text, length);
  const bool is_ours = before != 0 && before == started_with;
  const std::uint64_t users = is_ours ? log::settings().user_static_tls : before != 0 ? before : kGlibcsOwn;
  const std::uint64_t wanted = users + libraries_need;
  char limits[kLimitsVariableRoom];
  const bool has_limits = write_limits_variable(limits, sizeof limits) != 0;
  const bool had_limits = value_in(environment, kLimitsPrefix.data()) != nullptr;
  const bool is_right = wanted == before || (wanted == kGlibcsOwn && before == 0);
  if (is_right && !has_limits && !had_limits) return Verdict::Proceed;
  if (wanted != kGlibcsOwn) {
    std::memcpy(text + length, kStaticTls.data(), kStaticTls.size());
    length += kStaticTls.size();
    append_number(text, length, wanted);
  } else if (length > kTunables.size()) {
    --length;  // the last colon
  }
  const bool is_empty = length == kTunables.size() && (given == nullptr || before != 0);
  text[length] = 0;

  const auto **const changed =
      room ? (*room).list : static_cast<const char **>(__builtin_alloca((variables + 3) * sizeof(char *)));
  std::size_t count = 0;
  for (std::size_t i = 0; i < variables; ++i)
    if (const std::string_view one(environment[i]); !one.starts_with(kTunables) && !one.starts_with(kLimitsPrefix))
      changed[count++] = environment[i];
  if (has_limits) changed[count++] = limits;
  if (!is_empty) changed[count++] = text;
  changed[count] = nullptr;
  execution.call.result = static_cast<std::uint64_t>(std::int64_t{execution.go_on(execution.call, changed)});
  return Verdict::Done;
}

/// Executes the program without the agent, whose loader would say that it cannot load it, or fail to start. Another
/// audit module, of the program's own, stays.
[[gnu::noinline]] Verdict execute_without(const Execution &execution) {
  constexpr std::string_view kAudit = "LD_AUDIT=";
  const char *const *const environment = execution.environment;
  const char *const given = value_in(environment, kAudit.data());
  std::size_t variables = 0;
  while (environment != nullptr && environment[variables] != nullptr) ++variables;
  const std::string_view list = given == nullptr ? std::string_view() : std::string_view(given);
  if (given == nullptr || variables > kMostVariables || !list.starts_with(agent_path)) return Verdict::Proceed;
  const std::string_view others = list.substr(std::strlen(agent_path));
  const Loan room(variable_rooms);
  auto *const text = room ? (*room).text.characters : static_cast<char *>(__builtin_alloca(sizeof(Text)));
  const bool keeps_others = others.size() > 1 && kAudit.size() + others.size() < sizeof(Text);
  if (keeps_others) {
    std::memcpy(text, kAudit.data(), kAudit.size());
    std::memcpy(text + kAudit.size(), others.data() + 1, others.size());  // and the zero behind it
  }
  const auto **const changed =
      room ? (*room).list : static_cast<const char **>(__builtin_alloca((variables + 2) * sizeof(char *)));
  std::size_t count = 0;
  for (std::size_t i = 0; i < variables; ++i)
    if (!std::string_view(environment[i]).starts_with(kAudit)) changed[count++] = environment[i];
  if (keeps_others) changed[count++] = text;
  changed[count] = nullptr;
  execution.call.result = static_cast<std::uint64_t>(std::int64_t{execution.go_on(execution.call, changed)});
  return Verdict::Done;
}

Verdict start(Execution execution) {
  if (is_restricted() || execution.path == nullptr || !follows_children()) return Verdict::Proceed;
  if (::access(execution.path, X_OK) != 0) return Verdict::Proceed;  // a search along PATH goes on elsewhere
  Readable readable;
  if (!readable.has_list(execution.arguments) || !readable.has_list(execution.environment)) return Verdict::Proceed;
  look_behind_loader(execution);
  Refusal refusal = refusal_of(execution.path, execution.environment);
  StaticTls needed{};
  if (refusal == Refusal::None) needed = static_tls_of(execution.path, execution.environment, execution.folders);
  if (needed.is_too_wide) refusal = Refusal::WideTls;
  if (refusal == Refusal::None) return execute(execution, needed.bytes);
  log::unwatched_program(asked_process_ids(), execution.path, refusal);
  set_limits_as_meant();
  // What Valgrind runs on its processor it loads itself, by the loader as it knows it: with any audit module, even one
  // that wants nothing, it finds invalid releases in it. So LD_AUDIT must be gone before the loader begins, and the
  // agent, which the loader brings, comes too late to find out where it runs. Valgrind's tools are static programs like
  // any other, and what other static programs start (a static shell's commands) is to be watched. So there is no sign
  // but the variable by which Valgrind itself says that one of its tools is executed.
  const bool runs_others = value_in(execution.environment, "VALGRIND_LAUNCHER=") != nullptr;
  const bool would_complain =
      refusal == Refusal::WideTls || refusal == Refusal::OutOfSight || refusal == Refusal::OtherLoader || runs_others;
  return would_complain ? execute_without(execution) : Verdict::Proceed;
}

// SAFETY (all three): the program's own function, with its own arguments.
template <class Function>
Function real(const Call &call) {
  return reinterpret_cast<Function>(const_cast<void *>(call.site->resume));
}

Verdict before_execve(Call &call) {
  return start({.call = call,
                .path = text_argument(call, 0),
                .arguments = list_argument(call, 1),
                .environment = list_argument(call, 2),
                .go_on =
                    [](Call &with, const char *const *environment) {
                      using Execve = int (*)(const char *, const char *const *, const char *const *);
                      return real<Execve>(with)(text_argument(with, 0), list_argument(with, 1), environment);
                    },
                .folders = {}});
}

/// "/proc/self/fd/7", and "/name" behind it where there is one.
const char *path_of_descriptor(int fd, const char *name, char *text) {
  std::size_t length = 0;
  const auto add = [&](std::string_view more) {
    if (more.size() >= sizeof(Text) - length) return;
    std::memcpy(text + length, more.data(), more.size());
    text[length += more.size()] = 0;
  };
  add("/proc/self/fd/");
  append_number(text, length, static_cast<std::uint64_t>(fd));
  text[length] = 0;
  if (name == nullptr || *name == 0) return text;
  add("/");
  add(name);
  return text;
}

[[gnu::noinline]] Verdict before_fexecve(Call &call) {
  const Loan room(path_rooms);
  auto *const text = room ? (*room).characters : static_cast<char *>(__builtin_alloca(sizeof(Text)));
  return start({.call = call,
                .path = path_of_descriptor(static_cast<int>(call.arguments[0]), nullptr, text),
                .arguments = list_argument(call, 1),
                .environment = list_argument(call, 2),
                .go_on =
                    [](Call &with, const char *const *environment) {
                      using Fexecve = int (*)(int, const char *const *, const char *const *);
                      return real<Fexecve>(with)(static_cast<int>(with.arguments[0]), list_argument(with, 1),
                                                 environment);
                    },
                .folders = {}});
}

[[gnu::noinline]] Verdict before_execveat(Call &call) {
  const char *const name = text_argument(call, 1);
  if (is_restricted() || (name != nullptr && !Readable().has_text(name))) return Verdict::Proceed;
  const auto folder = static_cast<int>(call.arguments[0]);
  const Loan room(path_rooms);
  auto *const text = room ? (*room).characters : static_cast<char *>(__builtin_alloca(sizeof(Text)));
  const bool is_by_name = name != nullptr && (name[0] == '/' || (folder == AT_FDCWD && name[0] != 0));
  return start({.call = call,
                .path = is_by_name ? name : path_of_descriptor(folder, name, text),
                .arguments = list_argument(call, 2),
                .environment = list_argument(call, 3),
                .go_on =
                    [](Call &with, const char *const *environment) {
                      using Execveat = int (*)(int, const char *, const char *const *, const char *const *, int);
                      return real<Execveat>(with)(static_cast<int>(with.arguments[0]), text_argument(with, 1),
                                                  list_argument(with, 2), environment,
                                                  static_cast<int>(with.arguments[4]));
                    },
                .folders = {}});
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
    {"execve", before_execve, nullptr},  {"fexecve", before_fexecve, nullptr},  {"execveat", before_execveat, nullptr},
    {"wait4", before_wait, after_wait4}, {"waitid", before_wait, after_waitid},
};

}  // namespace

void start_processes() {
  if (const char *const audit = ::getenv("LD_AUDIT")) keep(agent_path, audit, ::strcspn(audit, ":"));
  if (const char *const log = ::getenv(event::kLogVariable)) keep(log_path, log, std::strlen(log));
  const char *const tunables = ::getenv("GLIBC_TUNABLES");
  if (tunables == nullptr) return;
  const std::string_view list(tunables);
  const std::size_t at = list.find(kStaticTls);
  if (at != std::string_view::npos) started_with = number_in(list.substr(at + kStaticTls.size()));
}

HookTable process_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

}  // namespace crossheap::agent
