// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/library_search.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

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

// The glibc-hwcaps folders that this machine's ld.so uses, best first: the levels of the x86-64 psABI.
std::vector<std::string> usable_hwcaps(const elf::Header &machine) {
  std::vector<std::string> folders;
#if defined(__x86_64__)
  if (machine.machine != EM_X86_64) return folders;
  __builtin_cpu_init();
  unsigned a = 0;
  unsigned b = 0;
  unsigned extended = 0;
  unsigned d = 0;
  unsigned basic = 0;
  __get_cpuid(1, &a, &b, &basic, &d);
  __get_cpuid(0x80000001, &a, &b, &extended, &d);
  const auto has = [](unsigned word, unsigned bit) { return (word & bit) != 0; };
  const bool v2 = has(basic, bit_CMPXCHG16B) && has(extended, bit_LAHF_LM) && __builtin_cpu_supports("popcnt") != 0 &&
                  __builtin_cpu_supports("sse4.2") != 0;
  const bool v3 = v2 && __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                  __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("fma") != 0 && has(basic, bit_F16C) &&
                  has(basic, bit_MOVBE) && has(extended, bit_LZCNT);
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                  __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
                  __builtin_cpu_supports("avx512vl") != 0;
  if (v4) folders.emplace_back("x86-64-v4");
  if (v3) folders.emplace_back("x86-64-v3");
  if (v2) folders.emplace_back("x86-64-v2");
#else
  static_cast<void>(machine);
#endif
  return folders;
}

// Absolute, and comparable with the beginning of a path.
fs::path without_last_slash(const fs::path &folder) {
  if (folder.empty()) return folder;
  const fs::path absolute = fs::absolute(folder).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

}  // namespace

LibrarySearch::LibrarySearch(SearchSettings settings, elf::Header machine)
    : settings_{std::move(settings.library_path), without_last_slash(settings.sysroot)},
      machine_(machine),
      hwcaps_(usable_hwcaps(machine)),
      cache_(in_system("/etc/ld.so.cache")) {
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

bool LibrarySearch::fits(const fs::path &file) const {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return false;
  std::array<char, 20> head{};
  if (!std::ifstream(file, std::ios::binary).read(head.data(), head.size())) return false;
  const bool wide = head[EI_CLASS] == ELFCLASS64;
  const bool little = head[EI_DATA] == ELFDATA2LSB;
  const auto low = static_cast<unsigned char>(head[little ? 18 : 19]);
  const auto high = static_cast<unsigned char>(head[little ? 19 : 18]);
  return std::string_view(head.data(), SELFMAG) == ELFMAG && wide == machine_.encoding.wide &&
         little == (machine_.encoding.swapped == (std::endian::native == std::endian::big)) &&
         (high << 8 | low) == machine_.machine;
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

std::optional<fs::path> LibrarySearch::in_folder(const fs::path &folder, std::string_view name) const {
  for (const std::string &hwcap : hwcaps_)
    if (fs::path file = in_system(folder / "glibc-hwcaps" / hwcap / name); fits(file)) return file;
  if (fs::path file = in_system(folder / name); fits(file)) return file;
  return std::nullopt;
}

std::optional<fs::path> LibrarySearch::in_folders(std::string_view folders, std::string_view name,
                                                  const Asker &asker) const {
  while (!folders.empty()) {
    const std::size_t end = folders.find_first_of(":;");
    const std::string_view folder = folders.substr(0, end);
    folders.remove_prefix(end == std::string_view::npos ? folders.size() : end + 1);
    // An empty entry is the current directory.
    if (auto file = in_folder(folder.empty() ? "." : expanded(folder, asker), name)) return file;
  }
  return std::nullopt;
}

std::optional<fs::path> LibrarySearch::find(std::string_view name, std::span<const Asker> askers,
                                            const Asker &main) const {
  if (name.find('/') != std::string_view::npos) {
    const fs::path path = in_system(expanded(name, askers.empty() ? main : askers.front()));
    return fits(path) ? std::optional(path) : std::nullopt;
  }
  const elf::Dynamic *asking = askers.empty() ? nullptr : &askers.front().file->dynamic();
  // Who has a RUNPATH does without any RPATH, its own included.
  if (asking == nullptr || !asking->runpath) {
    bool did_main = false;
    const auto by_rpath = [&](const Asker &asker) -> std::optional<fs::path> {
      const elf::Dynamic &dynamic = asker.file->dynamic();
      if (!dynamic.rpath || dynamic.runpath) return std::nullopt;
      return in_folders(*dynamic.rpath, name, asker);
    };
    for (const Asker &asker : askers) {
      if (auto file = by_rpath(asker)) return file;
      did_main = did_main || asker.file == main.file;
    }
    if (!did_main && main.file != nullptr)
      if (auto file = by_rpath(main)) return file;
  }
  if (auto file = in_folders(settings_.library_path, name, main)) return file;
  if (asking != nullptr && asking->runpath)
    if (auto file = in_folders(*asking->runpath, name, askers.front())) return file;

  const bool without_defaults = asking != nullptr && (asking->flags_1 & DF_1_NODEFLIB) != 0;
  for (const std::string &path : cache_.find(name, hwcaps_)) {
    const bool is_default = std::any_of(system_folders_.begin(), system_folders_.end(), [&](const fs::path &folder) {
      return path.starts_with(folder.string() + "/");
    });
    if (without_defaults && is_default) continue;
    if (fs::path file = in_system(path); fits(file)) return file;
  }
  if (!without_defaults)
    for (const fs::path &folder : system_folders_)
      if (auto file = in_folder(folder, name)) return file;
  return std::nullopt;
}

std::string own_library_path() {
  const char *const value = std::getenv("LD_LIBRARY_PATH");
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace crossheap::binding
