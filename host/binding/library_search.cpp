// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The order in `find` is ld.so's, and each folder is tried with all its subfolders before the next. Three facts are
// easily missed. An object with a RUNPATH does without every RPATH, its own included. RPATH goes on from the one who
// asks to the one that loaded it, RUNPATH does not. A file of the wrong class is passed over, but the search then ends
// with the words "wrong ELF class" where nothing else is found.
//
// An example, for libfoo.so asked for by /opt/app/bin/app with RUNPATH $ORIGIN/../lib, on a processor of Intel's of
// level v3:
//
//     /opt/app/bin/../lib/glibc-hwcaps/x86-64-v3/libfoo.so
//     /opt/app/bin/../lib/glibc-hwcaps/x86-64-v2/libfoo.so
//     /opt/app/bin/../lib/tls/haswell/x86_64/libfoo.so      and the other legacy folders, then the folder itself
//     the cache, then /lib/x86_64-linux-gnu, ...
//
// What the processor can do must be computed as glibc does: a level counts as a whole, and GLIBC_TUNABLES may mask
// features.
#include "binding/library_search.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <set>

#include "base/owned_fd.h"
#include "base/text.h"
#include "elf/identification.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace crossheap::binding {

namespace fs = std::filesystem;

namespace {

// Debian's name of the machine's folders, "" where we do not know it.
std::string_view triplet_of(const elf::Header &machine) {
  switch (machine.machine) {
    case EM_X86_64:
      return machine.encoding.wide ? "x86_64-linux-gnu" : "x86_64-linux-gnux32";
    case EM_386:
      return "i386-linux-gnu";
    case EM_AARCH64:
      return "aarch64-linux-gnu";
    case EM_ARM:
      return "arm-linux-gnueabihf";
    case EM_RISCV:
      return "riscv64-linux-gnu";
    case EM_S390:
      return "s390x-linux-gnu";
    case EM_PPC64:
      return "powerpc64le-linux-gnu";
    default:
      return "";
  }
}

#if defined(__x86_64__)
// What this processor can do and GLIBC_TUNABLES does not forbid, by glibc's names of the features.
class Processor {
public:
  explicit Processor(std::string_view tunables) : masked_(tunable(tunables, "glibc.cpu.hwcaps")) {
    __builtin_cpu_init();
    unsigned a = 0;
    unsigned b = 0;
    unsigned d = 0;
    __get_cpuid(1, &a, &b, &basic_, &d);
    __get_cpuid(0x80000001, &a, &b, &extended_, &d);
  }

  bool is_intel() const { return __builtin_cpu_is("intel") != 0; }

  // psABI levels.
  bool level_2() const {
    return (basic_ & bit_CMPXCHG16B) != 0 && (extended_ & bit_LAHF_LM) != 0 &&
           has("SSSE3", __builtin_cpu_supports("ssse3")) && has("SSE4_1", __builtin_cpu_supports("sse4.1")) &&
           has("SSE4_2", __builtin_cpu_supports("sse4.2")) && has("POPCNT", __builtin_cpu_supports("popcnt"));
  }
  // Without OSXSAVE, and without AVX, glibc counts on nothing that uses its registers.
  bool level_3() const {
    return level_2() && vectors() && vectors_2() && has("MOVBE", static_cast<int>(basic_ & bit_MOVBE));
  }
  bool level_4() const {
    return level_3() && has("AVX512F", __builtin_cpu_supports("avx512f")) &&
           has("AVX512BW", __builtin_cpu_supports("avx512bw")) && has("AVX512CD", __builtin_cpu_supports("avx512cd")) &&
           has("AVX512DQ", __builtin_cpu_supports("avx512dq")) && has("AVX512VL", __builtin_cpu_supports("avx512vl"));
  }

private:
  bool vectors() const {
    return has("OSXSAVE", static_cast<int>(basic_ & bit_OSXSAVE)) && has("AVX", __builtin_cpu_supports("avx")) &&
           (basic_ & bit_F16C) != 0;
  }
  bool vectors_2() const {
    return has("AVX2", __builtin_cpu_supports("avx2")) && has("BMI1", __builtin_cpu_supports("bmi")) &&
           has("BMI2", __builtin_cpu_supports("bmi2")) && has("FMA", __builtin_cpu_supports("fma")) &&
           has("LZCNT", static_cast<int>(extended_ & bit_LZCNT));
  }
  // "-AVX2,-FMA": a feature with a minus in front does not count.
  bool has(std::string_view name, int supported) const {
    if (supported == 0) return false;
    for (const std::string_view entry : split(masked_, ','))
      if (entry.starts_with('-') && entry.substr(1) == name) return false;
    return true;
  }

  std::string_view masked_;
  unsigned basic_ = 0;
  unsigned extended_ = 0;
};
#endif

// The glibc-hwcaps folders that this machine's ld.so uses, best first: the levels of the x86-64 psABI.
std::vector<std::string> usable_hwcaps(const elf::Header &machine, std::string_view tunables) {
  std::vector<std::string> folders;
#if defined(__x86_64__)
  if (machine.machine != EM_X86_64) return folders;
  const Processor processor(tunables);
  if (processor.level_4()) folders.emplace_back("x86-64-v4");
  if (processor.level_3()) folders.emplace_back("x86-64-v3");
  if (processor.level_2()) folders.emplace_back("x86-64-v2");
#else
  static_cast<void>(machine);
  static_cast<void>(tunables);
#endif
  return folders;
}

// Every selection of the legacy folders, one below the other, the largest first; at the end the folder itself.
// glibc 2.37 does without them.
std::vector<std::string> legacy_folders(const elf::Header &machine, std::string_view tunables) {
  std::vector<std::string> names;
#if defined(__x86_64__)
  if (machine.machine == EM_X86_64) {
    const Processor processor(tunables);
    const bool haswell = processor.is_intel() && processor.level_3();
    names = {"tls", haswell ? "haswell" : "x86_64"};
    if (processor.is_intel() && processor.level_4()) names.emplace_back("avx512_1");
    names.emplace_back("x86_64");
  }
#else
  static_cast<void>(machine);
  static_cast<void>(tunables);
#endif
  std::vector<std::string> folders;
  for (std::size_t selected = std::size_t{1} << names.size(); selected-- > 0;) {
    std::string folder;
    for (std::size_t i = 0; i < names.size(); ++i)
      if ((selected >> (names.size() - 1 - i) & 1) != 0) folder += (folder.empty() ? "" : "/") + names[i];
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) folders.push_back(std::move(folder));
  }
  return folders;
}

// What open_verify says of the first bytes of a file: "" where it takes the file.
struct Verdict {
  std::string refusal;
  bool passed_over = false;
  bool wrong_class = false;
};

Verdict verdict_on(const elf::Identification &file, const elf::Header &machine) {
  const bool big = machine.encoding.swapped == (std::endian::native == std::endian::little);
  if (!file.is_elf) return {"invalid ELF header"};
  if ((file.file_class == ELFCLASS64) != machine.encoding.wide) return {"", true, true};
  if (file.byte_order != (big ? ELFDATA2MSB : ELFDATA2LSB))
    return {big ? "ELF file data encoding not big-endian" : "ELF file data encoding not little-endian"};
  if (file.version != EV_CURRENT) return {"ELF file version ident does not match current one"};
  if (file.os_abi != ELFOSABI_SYSV && file.os_abi != ELFOSABI_GNU) return {"ELF file OS ABI invalid"};
  if (file.os_abi == ELFOSABI_SYSV && file.abi_version != 0) return {"ELF file ABI version invalid"};
  if (!file.is_padding_zero) return {"nonzero padding in e_ident"};
  if (file.machine != machine.machine) return {"", true, false};
  if (file.type != ET_DYN && file.type != ET_EXEC) return {"only ET_DYN and ET_EXEC can be loaded"};
  return {};
}

// Absolute, and comparable with the beginning of a path.
fs::path without_last_slash(const fs::path &folder) {
  if (folder.empty()) return folder;
  const fs::path absolute = fs::absolute(folder).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

}  // namespace

std::string_view tunable(std::string_view tunables, std::string_view name) {
  for (const std::string_view entry : split(tunables, ':'))
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

LibrarySearch::LibrarySearch(SearchSettings settings, elf::Header machine)
    : settings_(std::move(settings)), machine_(machine) {
  settings_.sysroot = without_last_slash(settings_.sysroot);
  if (settings_.secure) {
    settings_.library_path.clear();
    settings_.tunables.clear();
  }
  cache_ = LoaderCache::shared(in_system("/etc/ld.so.cache"));
  hwcaps_ = usable_hwcaps(machine, settings_.tunables);
  for (const std::string &hwcap : hwcaps_) folders_.push_back("glibc-hwcaps/" + hwcap);
  for (std::string &folder : legacy_folders(machine, settings_.tunables)) folders_.push_back(std::move(folder));
  // The order that Debian's ld.so has built in; distributions without these triplets use lib64.
  if (const std::string_view triplet = triplet_of(machine); !triplet.empty()) {
    system_folders_.push_back(fs::path("/lib") / triplet);
    system_folders_.push_back(fs::path("/usr/lib") / triplet);
  }
  if (machine.encoding.wide) {
    system_folders_.emplace_back("/lib64");
    system_folders_.emplace_back("/usr/lib64");
  }
  system_folders_.emplace_back("/lib");
  system_folders_.emplace_back("/usr/lib");
}

fs::path LibrarySearch::in_system(const fs::path &path) const {
  if (settings_.sysroot.empty() || !path.is_absolute()) return path;
  // What was found there already: a plugin's path as the user gave it, a folder that $ORIGIN stands for.
  if (path.string().starts_with(settings_.sysroot.string() + "/")) return path;
  // A link inside the other system leads to where that system would see it.
  fs::path inside = settings_.sysroot / path.relative_path();
  constexpr int kLinksAtMost = 40;  // as the kernel
  std::error_code failed;
  for (int links = 0; links < kLinksAtMost && fs::is_symlink(inside, failed); ++links) {
    const fs::path target = fs::read_symlink(inside, failed);
    if (failed) break;
    inside = target.is_absolute() ? settings_.sysroot / target.relative_path() : inside.parent_path() / target;
  }
  return inside;
}

Found LibrarySearch::verified(const fs::path &file, bool &wrong_class) const {
  const OwnedFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return {};
  const auto refused = [&](std::string_view words) {
    return Found{std::nullopt, fmt::format("{}: {}", file.string(), words)};
  };
  std::array<std::byte, sizeof(Elf64_Ehdr)> head{};
  const std::size_t needed = machine_.encoding.wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
  const ssize_t size = ::pread(fd.get(), head.data(), head.size(), 0);
  if (size < 0) return refused(fmt::format("cannot read file data: {}", std::strerror(errno)));
  if (static_cast<std::size_t>(size) < needed) return refused("file too short");
  Verdict verdict = verdict_on(elf::identification_of(head), machine_);
  wrong_class = wrong_class || verdict.wrong_class;
  if (!verdict.refusal.empty()) return refused(verdict.refusal);
  return verdict.passed_over ? Found{} : Found{file, ""};
}

// In secure mode $ORIGIN counts only where it leads to a folder that the system trusts.
bool LibrarySearch::is_trusted(const fs::path &folder) const {
  const std::string path = folder.lexically_normal().string() + "/";
  return std::any_of(system_folders_.begin(), system_folders_.end(),
                     [&](const fs::path &trusted) { return path.starts_with(trusted.string() + "/"); });
}

std::string LibrarySearch::expanded(std::string_view text, const Asker &asker) const {
  std::string result;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    result += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    const std::string triplet(triplet_of(machine_));
    const std::array<std::pair<std::string_view, std::string>, 3> tokens{
        {{"ORIGIN", asker.origin.string()},
         {"LIB", triplet.empty() ? "lib" : "lib/" + triplet},
         {"PLATFORM", machine_.machine == EM_X86_64 ? "x86_64" : ""}}};
    bool known = false;
    for (const auto &[name, value] : tokens) {
      const std::string braced = "{" + std::string(name) + "}";
      const bool is_braced = text.starts_with(braced);
      if (!is_braced && !text.starts_with(name)) continue;
      result += value;
      text.remove_prefix(is_braced ? braced.size() : name.size());
      known = true;
      break;
    }
    if (!known) result += '$';
  }
  return result;
}

Found LibrarySearch::in_folder(const fs::path &folder, std::string_view name, bool &wrong_class) const {
  for (const std::string &below : folders_)
    if (Found found = verified(in_system(folder / below / name), wrong_class); found.ended()) return found;
  return {std::nullopt, "", !is_looked_behind(folder, name)};
}

// Something of the name that cannot be opened, but for want of permission, ends the list: a link that leads to itself.
bool LibrarySearch::is_looked_behind(const fs::path &folder, std::string_view name) const {
  std::error_code failed;
  const fs::path file = in_system(folder / name);
  const OwnedFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  const int errno_value = errno;
  return fd || errno_value == ENOENT || errno_value == EACCES || !fs::is_directory(in_system(folder), failed);
}

// The folders of one list, read once: those that are not there, or stand there twice, can make no difference.
const std::vector<fs::path> &LibrarySearch::folders_in(std::string_view folders, std::string_view separators,
                                                       const Asker &asker) const {
  const auto [entry, is_new] = lists_.try_emplace({folders.data(), folders.size(), asker.origin});
  if (!is_new) return entry->second;
  std::set<std::string> seen;
  for (;;) {
    const std::size_t end = folders.find_first_of(separators);
    const std::string_view text = folders.substr(0, end);
    // An empty entry is the current directory, also behind the last separator.
    std::string folder = text.empty() ? "." : expanded(text, asker);
    const bool may_count = !settings_.secure || text.find('$') == std::string_view::npos || is_trusted(folder);
    std::error_code failed;
    if (may_count && folder.size() < PATH_MAX && seen.insert(folder).second &&
        fs::status(in_system(folder), failed).type() != fs::file_type::not_found)
      entry->second.emplace_back(std::move(folder));
    if (end == std::string_view::npos) return entry->second;
    folders.remove_prefix(end + 1);
  }
}

Found LibrarySearch::in_folders(std::string_view folders, std::string_view separators, std::string_view name,
                                const Asker &asker, bool &wrong_class) const {
  if (folders.empty()) return {};
  for (const fs::path &folder : folders_in(folders, separators, asker))
    if (Found found = in_folder(folder, name, wrong_class); found.ended() || found.list_ends) return found;
  return {};
}

Found LibrarySearch::in_system_folders(std::string_view name, bool &wrong_class) const {
  for (const fs::path &folder : system_folders_)
    if (Found found = in_folder(folder, name, wrong_class); found.ended() || found.list_ends) return found;
  return {};
}

Found LibrarySearch::find_in_secure_mode(std::string_view name) const {
  bool ignored = false;
  Found found;
  for (const std::string &path : cache_->find(name, hwcaps_))
    if (found = verified(in_system(path), ignored); found.ended()) break;
  if (!found.ended()) found = in_system_folders(name, ignored);
  struct stat status {};
  if (found.file && (::stat(found.file->c_str(), &status) != 0 || (status.st_mode & S_ISUID) == 0)) return {};
  return found;
}

Found LibrarySearch::find(std::string_view name, std::span<const Asker> askers, const Asker &main) const {
  bool wrong_class = false;
  const auto none = [&]() -> Found {
    if (wrong_class)
      return {std::nullopt,
              fmt::format("{}: wrong ELF class: {}", name, machine_.encoding.wide ? "ELFCLASS32" : "ELFCLASS64")};
    return {};
  };
  if (name.find('/') != std::string_view::npos) {
    Found found = verified(in_system(expanded(name, askers.empty() ? main : askers.front())), wrong_class);
    return found.ended() ? found : none();
  }
  const elf::Dynamic *asking = askers.empty() ? nullptr : &askers.front().file->dynamic();
  // Who has a RUNPATH does without any RPATH, its own included.
  if (asking == nullptr || !asking->runpath) {
    bool did_main = false;
    const auto by_rpath = [&](const Asker &asker) -> Found {
      const elf::Dynamic &dynamic = asker.file->dynamic();
      if (!dynamic.rpath || dynamic.runpath) return {};
      return in_folders(*dynamic.rpath, ":", name, asker, wrong_class);
    };
    for (const Asker &asker : askers) {
      if (Found found = by_rpath(asker); found.ended()) return found;
      did_main = did_main || asker.file == main.file;
    }
    if (!did_main && main.file != nullptr)
      if (Found found = by_rpath(main); found.ended()) return found;
  }
  if (Found found = in_folders(settings_.library_path, ":;", name, main, wrong_class); found.ended()) return found;
  if (asking != nullptr && asking->runpath)
    if (Found found = in_folders(*asking->runpath, ":", name, askers.front(), wrong_class); found.ended()) return found;

  const bool without_defaults = asking != nullptr && (asking->flags_1 & DF_1_NODEFLIB) != 0;
  for (const std::string &path : cache_->find(name, hwcaps_)) {
    const bool is_default = std::any_of(system_folders_.begin(), system_folders_.end(), [&](const fs::path &folder) {
      return path.starts_with(folder.string() + "/");
    });
    if (without_defaults && is_default) continue;
    if (Found found = verified(in_system(path), wrong_class); found.ended()) return found;
  }
  if (!without_defaults)
    if (Found found = in_system_folders(name, wrong_class); found.ended()) return found;
  return none();
}

SearchSettings own_settings() {
  const auto value_of = [](const char *name) {
    const char *const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  SearchSettings settings;
  settings.library_path = value_of("LD_LIBRARY_PATH");
  settings.tunables = value_of("GLIBC_TUNABLES");
  settings.dynamic_weak = std::getenv("LD_DYNAMIC_WEAK") != nullptr;
  return settings;
}

}  // namespace crossheap::binding
