// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loader itself is asked which libraries a program starts with (`ld.so --list`, which runs none of their code):
// it alone knows RPATH, LD_LIBRARY_PATH, its cache and the hardware's subfolders as this program will see them.
#include "trace/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "allocator/libc_names.h"
#include "base/error.h"
#include "base/text.h"
#include "binding/loader_cache.h"
#include "elf/file.h"
#include "sandbox/sandbox.h"

namespace crossheap::trace {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostOfAnyLibrary = 4096;  // a library that needs more is no allocator but a sanitizer

/// The file where it is an ELF file that can be read.
std::optional<elf::File> elf_file(const fs::path &path) {
  try {
    const auto source = elf::Source::open_if(path, elf::File::is_elf);
    if (source != nullptr) return elf::File(source);
  } catch (const Error &) {
    // Who executes or loads it will say what is wrong with it.
  }
  return std::nullopt;
}

/// Its thread-local storage; nothing where it has none.
elf::ThreadLocal thread_local_storage(const elf::File &file) {
  constexpr std::uint64_t kMost = std::uint64_t{64} << 20;  // no library has more; a broken file may say anything
  elf::ThreadLocal found = file.thread_local_storage().value_or(elf::ThreadLocal{});
  if (found.size >= kMost || found.align >= kMost) return {};
  if (found.size != 0) found.align = std::max<std::uint64_t>(found.align, 1);
  return found;
}

/// What of it must be static; nothing where the file makes do with dynamic TLS.
elf::ThreadLocal static_storage(const fs::path &path) {
  const std::optional<elf::File> file = elf_file(path);
  return file && file->dynamic().static_tls() ? thread_local_storage(*file) : elf::ThreadLocal{};
}

/// The interpreter a script names, or "".
std::string script_interpreter(const fs::path &path) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return {};
  std::ifstream file(path);
  std::string line(256, '\0');  // as much as the kernel looks at
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(file.gcount()));
  line.resize(std::min(line.size(), line.find('\n')));
  if (!line.starts_with("#!")) return {};
  const std::size_t begin = line.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_first_of(" \t", begin) - begin);
}

/// The ELF file that the kernel will run for this program.
fs::path behind_scripts(fs::path program) {
  for (int depth = 0; depth < 4; ++depth) {
    const std::string interpreter = script_interpreter(program);
    if (interpreter.empty()) break;
    program = interpreter;
  }
  return program;
}

/// What the loader says it would map for the program, in the environment we have now but for the preload. The loader is
/// the one that the program names, which may be any program at all: it runs confined. "" where nothing can be known.
std::string loader_list(const std::string &loader, const Started &started, const std::optional<std::string> &preload) {
  try {
    sandbox::Job job;
    job.command.program = loader;
    job.command.arguments = {"--list", fs::absolute(started.program).string()};
    if (!started.library_path.empty())
      job.command.arguments.insert(job.command.arguments.begin(),
                                   {std::string(kLoaderLibraryPath), started.library_path});
    job.command.environment = {"LC_ALL=C"};
    for (const char *const name : {"LD_LIBRARY_PATH", "GLIBC_TUNABLES"})
      if (const char *const value = std::getenv(name))
        job.command.environment.push_back(fmt::format("{}={}", name, value));
    if (preload)
      job.command.environment.push_back("LD_PRELOAD=" + *preload);
    else if (const char *const own_preload = std::getenv("LD_PRELOAD"))
      job.command.environment.push_back(fmt::format("LD_PRELOAD={}", own_preload));
    job.limits.output_bytes = std::size_t{1} << 20;
    return sandbox::run_one(job).output;
  } catch (const std::exception &) {
    return {};
  }
}

/// "\tlibc.so.6 => /lib/libc.so.6 (0x7f...)" or "\t/lib64/ld-linux-x86-64.so.2 (0x7f...)"
std::string path_in_line(std::string_view line) {
  const std::size_t slash = line.find('/');
  const std::size_t end = line.rfind(" (0x");
  return slash == std::string_view::npos || end == std::string_view::npos || end < slash
             ? std::string()
             : std::string(line.substr(slash, end - slash));
}

}  // namespace

fs::path find_program(const std::string &name) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), X_OK) != 0)
      throw Error(Blame::Usage, name, fmt::format("cannot be run: {}", std::strerror(errno)), "check the path");
    return name;
  }
  const char *const variable = std::getenv("PATH");
  for (const std::string_view directory : split(variable == nullptr ? "/usr/bin:/bin" : variable, ':')) {
    fs::path candidate = fs::path(directory.empty() ? "." : directory) / name;
    // A folder that may not be entered is passed over, as the shell does.
    std::error_code failed;
    if (fs::is_regular_file(candidate, failed) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  throw Error(Blame::Usage, name, "is in none of the directories of PATH", "give its path");
}

std::optional<std::string> why_not_traceable(const fs::path &program) {
  const fs::path real = behind_scripts(program);
  const std::optional<elf::File> file = elf_file(real);
  struct stat status {};
  if (!file) return std::nullopt;  // execve will say what is wrong with it
  if (!file->header().encoding.wide) return "it is a 32-bit program";
  const std::string_view interpreter = file->interpreter();
  if (interpreter.empty()) return std::string(kStaticallyLinked);
  if (libc_of_loader(interpreter) != Family::Glibc)
    return fmt::format("its loader is {}, which is not glibc's", interpreter);
  if (::stat(real.c_str(), &status) == 0 && (status.st_mode & (S_ISUID | S_ISGID)) != 0 && ::geteuid() != 0)
    return std::string(kSetuid);
  return std::nullopt;
}

Started behind_loader(const fs::path &program, const std::vector<std::string> &words) {
  if (libc_of_loader(program.native()) != Family::Glibc) return {program, {}};
  Started started{program, {}};
  std::size_t at = 1;
  for (; at < words.size() && words[at].starts_with("--"); ++at) {
    if (std::find(std::begin(kLoaderOptionsWithValue), std::end(kLoaderOptionsWithValue), words[at]) ==
            std::end(kLoaderOptionsWithValue) ||
        at + 1 == words.size())
      continue;
    ++at;
    if (words[at - 1] == kLoaderLibraryPath) started.library_path = words[at];
  }
  if (at < words.size()) started.program = words[at];
  return started;
}

StaticTls static_tls_of(const Started &started, const std::optional<std::string> &preload) {
  // Asked about a link, the loader would take the link's folder for $ORIGIN: java's libraries are not there.
  const fs::path real = fs::weakly_canonical(behind_scripts(started.program));
  const std::optional<elf::File> program = elf_file(real);
  if (!program || program->interpreter().empty()) return {};
  const std::string list = loader_list(std::string(program->interpreter()), {real, started.library_path}, preload);
  constexpr std::uint64_t kLoadersOwn = 64;
  const std::uint64_t can_do = std::max(thread_local_storage(*program).align, kLoadersOwn);
  StaticTls needed;
  for (const std::string_view line : split(list, '\n')) {
    const std::string path = path_in_line(line);
    if (path.empty()) continue;
    const elf::ThreadLocal storage = static_storage(path);
    needed.bytes += storage.size + storage.align;
    needed.too_wide = needed.too_wide || storage.align > can_do;
  }
  return needed;
}

std::uint64_t static_tls_of_program(const fs::path &program, const std::optional<std::string> &preload) {
  return static_tls_of({program, {}}, preload).bytes;
}

std::uint64_t static_tls_of_any_library() {
  std::uint64_t most = 0;
  std::vector<std::string> paths;
  try {
    paths = binding::LoaderCache("/etc/ld.so.cache").paths();
  } catch (const Error &) {
    // A cache that cannot be read: the loader will not find those libraries by it either.
  }
  for (const std::string &path : paths) {
    const elf::ThreadLocal storage = static_storage(path);
    const std::uint64_t needed = storage.size + storage.align;
    if (needed <= kMostOfAnyLibrary) most = std::max(most, needed);
  }
  return most;
}

}  // namespace crossheap::trace
