// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loader itself is asked which libraries a program starts with (`ld.so --list`, which runs none of their code):
// it alone knows RPATH, LD_LIBRARY_PATH, its cache and the hardware's subfolders as this program will see them.
#include "trace/program.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/owned_fd.h"
#include "base/text.h"
#include "binding/loader_cache.h"
#include "sandbox/sandbox.h"

namespace crossheap::trace {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostOfAnyLibrary = 4096;  // a library that needs more is no allocator but a sanitizer

/// The first bytes of a file and what we ask of its program headers.
class ElfHead {
public:
  // A FIFO is not waited for.
  explicit ElfHead(const fs::path &path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (!fd_ || !read_at(0, &header_, sizeof header_) || std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) return;
    is_elf_ = true;
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_phentsize != sizeof(Elf64_Phdr)) return;
    segments_.resize(header_.e_phnum);
    if (!read_at(header_.e_phoff, segments_.data(), segments_.size() * sizeof(Elf64_Phdr))) segments_.clear();
  }

  bool is_elf() const { return is_elf_; }
  bool is_64_bit() const { return header_.e_ident[EI_CLASS] == ELFCLASS64; }

  std::string interpreter() const {
    const Elf64_Phdr *segment = find(PT_INTERP);
    if (segment == nullptr || segment->p_filesz == 0 || segment->p_filesz > 4096) return {};
    std::string text(segment->p_filesz, '\0');
    if (!read_at(segment->p_offset, text.data(), text.size())) return {};
    return text.substr(0, text.find('\0'));
  }

  /// Static TLS it needs at start; 0 where it has none or makes do with dynamic TLS.
  std::uint64_t static_tls() const {
    const std::uint64_t align = has_static_tls_flag() ? tls_alignment() : 0;
    return align == 0 ? 0 : find(PT_TLS)->p_memsz + align;
  }
  std::uint64_t static_tls_alignment() const { return has_static_tls_flag() ? tls_alignment() : 0; }
  /// 0 where it has none.
  std::uint64_t tls_alignment() const {
    const Elf64_Phdr *tls = find(PT_TLS);
    constexpr std::uint64_t kMost = std::uint64_t{64} << 20;  // no library has more; a broken file may say anything
    if (tls == nullptr || tls->p_memsz >= kMost || tls->p_align >= kMost) return 0;
    return std::max<std::uint64_t>(tls->p_align, 1);
  }

private:
  const Elf64_Phdr *find(std::uint32_t type) const {
    const auto found =
        std::find_if(segments_.begin(), segments_.end(), [&](const auto &s) { return s.p_type == type; });
    return found == segments_.end() ? nullptr : &*found;
  }
  bool has_static_tls_flag() const {
    const Elf64_Phdr *dynamic = find(PT_DYNAMIC);
    if (dynamic == nullptr) return false;
    for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic->p_filesz; at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      if (!read_at(dynamic->p_offset + at, &entry, sizeof entry) || entry.d_tag == DT_NULL) return false;
      if (entry.d_tag == DT_FLAGS) return (entry.d_un.d_val & DF_STATIC_TLS) != 0;
    }
    return false;
  }
  bool read_at(std::uint64_t offset, void *to, std::size_t bytes) const {
    return ::pread(fd_.get(), to, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
  }

  OwnedFd fd_;
  Elf64_Ehdr header_{};
  bool is_elf_ = false;
  std::vector<Elf64_Phdr> segments_;
};

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
/// the one that the program names, which may be any program at all: it runs confined. In a process of ours, since
/// whoever runs things confined becomes a reaper, and the traced program's orphans are not ours to adopt.
std::string loader_list(const std::string &loader, const Started &started, const std::optional<std::string> &preload) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("a pipe", "cannot be made", errno);
  OwnedFd read_end(ends[0]);
  OwnedFd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw system_error("a process", "cannot be started", errno);
  if (child == 0) {
    try {
      sandbox::Job job;
      job.command.program = loader;
      job.command.arguments = {"--list", fs::absolute(started.program).string()};
      if (!started.library_path.empty())
        job.command.arguments.insert(job.command.arguments.begin(), {"--library-path", started.library_path});
      job.command.environment = {"LC_ALL=C"};
      for (const char *const name : {"LD_LIBRARY_PATH", "GLIBC_TUNABLES"})
        if (const char *const value = std::getenv(name))
          job.command.environment.push_back(fmt::format("{}={}", name, value));
      if (preload)
        job.command.environment.push_back("LD_PRELOAD=" + *preload);
      else if (const char *const own_preload = std::getenv("LD_PRELOAD"))
        job.command.environment.push_back(fmt::format("LD_PRELOAD={}", own_preload));
      job.limits.output_bytes = std::size_t{1} << 20;
      const std::string text = sandbox::run_one(job).output;
      for (std::size_t at = 0; at < text.size();) {
        const ssize_t written = ::write(write_end.get(), text.data() + at, text.size() - at);
        if (written <= 0) break;
        at += static_cast<std::size_t>(written);
      }
    } catch (const std::exception &) {
      // Nothing is known then.
    }
    ::_exit(0);
  }
  write_end.reset();
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0;
       (got = ::read(read_end.get(), buffer.data(), buffer.size())) > 0 || (got < 0 && errno == EINTR);)
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return text;
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
  const ElfHead head(real);
  struct stat status {};
  if (!head.is_elf()) return std::nullopt;  // execve will say what is wrong with it
  if (!head.is_64_bit()) return "it is a 32-bit program";
  const std::string interpreter = head.interpreter();
  if (interpreter.empty()) return std::string(kStaticallyLinked);
  if (interpreter.find("ld-linux") == std::string::npos)
    return fmt::format("its loader is {}, which is not glibc's", interpreter);
  if (::stat(real.c_str(), &status) == 0 && (status.st_mode & (S_ISUID | S_ISGID)) != 0 && ::geteuid() != 0)
    return std::string(kSetuid);
  return std::nullopt;
}

Started behind_loader(const fs::path &program, const std::vector<std::string> &words) {
  const std::string name = program.filename().string();
  if (!name.starts_with("ld-linux-x86-64.so") && !name.starts_with("ld-2.") && name != "ld.so") return {program, {}};
  constexpr std::array<std::string_view, 7> kWithValue{
      "--library-path",         "--inhibit-rpath",    "--audit", "--preload", "--argv0",
      "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask"};
  Started started{program, {}};
  std::size_t at = 1;
  for (; at < words.size() && words[at].starts_with("--"); ++at) {
    if (std::find(kWithValue.begin(), kWithValue.end(), words[at]) == kWithValue.end() || at + 1 == words.size())
      continue;
    ++at;
    if (words[at - 1] == kWithValue.front()) started.library_path = words[at];
  }
  if (at < words.size()) started.program = words[at];
  return started;
}

StaticTls static_tls_of(const Started &started, const std::optional<std::string> &preload) {
  // Asked about a link, the loader would take the link's folder for $ORIGIN: java's libraries are not there.
  const fs::path real = fs::weakly_canonical(behind_scripts(started.program));
  const ElfHead program(real);
  const std::string loader = program.interpreter();
  if (loader.empty()) return {};
  const std::string list = loader_list(loader, {real, started.library_path}, preload);
  constexpr std::uint64_t kLoadersOwn = 64;
  const std::uint64_t can_do = std::max(program.tls_alignment(), kLoadersOwn);
  StaticTls needed;
  for (const std::string_view line : split(list, '\n')) {
    const std::string path = path_in_line(line);
    if (path.empty()) continue;
    const ElfHead library(path);
    needed.bytes += library.static_tls();
    needed.too_wide = needed.too_wide || library.static_tls_alignment() > can_do;
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
    const std::uint64_t needed = ElfHead(path).static_tls();
    if (needed <= kMostOfAnyLibrary) most = std::max(most, needed);
  }
  return most;
}

}  // namespace crossheap::trace
