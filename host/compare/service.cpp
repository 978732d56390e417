// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A process is read from /proc like a live one in `crossheap bind --pid`: link maps and slots, and so the object behind
// malloc. That object must be the preloaded library, or the one that it needs and forwards to, as tbbmalloc's proxy
// does.
//
//     jemalloc preloaded, malloc bound to libjemalloc.so.2               it served
//     the same, and a plugin carries je_malloc of its own                it served a part
//     jemalloc preloaded, malloc bound to the program                    it did not, and the reason names the program
//     jemalloc preloaded, the program is static                          it did not: no loader
//
// Processes that look the same are counted, not listed: a build starts thousands. Memory is that of the largest one.
#include "compare/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>

#include "allocator/families.h"
#include "base/error.h"
#include "base/text.h"
#include "binding/in_words.h"
#include "binding/ownership.h"
#include "elf/file.h"
#include "observe/live_process.h"

namespace crossheap::compare {

namespace fs = std::filesystem;

namespace {

/// The number behind `key` of a file of lines "Key:   123 kB", in bytes; NaN where there is none.
double kilobytes(const fs::path &file, std::string_view key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t digit = line.find_first_of("0123456789");
    std::uint64_t number = 0;
    if (digit == std::string::npos ||
        std::from_chars(line.data() + digit, line.data() + line.size(), number).ec != std::errc{})
      break;
    return static_cast<double>(number) * 1024;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// Why no preload can be in the program, from its file alone; "" where nothing forbids it.
std::string why_no_preload(const fs::path &process, const fs::path &program) {
  // By the process: the file may have been replaced since.
  const auto source = elf::Source::open(process / "exe");
  const elf::File file(source);
  if (!file.is_dynamic() || file.interpreter().empty())
    return "it is statically linked: LD_PRELOAD has no effect on it";
  if (elf::Source::open(program)->starts_in_secure_mode())
    return "it starts in secure mode (setuid, setgid or file capabilities), in which ld.so ignores LD_PRELOAD";
  return {};
}

/// Whether what the use leads to is where its blocks are. The C++ runtime's operators hand on to malloc by a slot that
/// may wait for its first call: then nothing says where they lead, and they are nobody's allocator.
bool is_allocation(const binding::Use &use, const binding::Ownership &ownership) {
  if (use.function->role != Role::Allocate && use.function->role != Role::Resize) return false;
  const bool is_operator = use.name.starts_with("_Z");
  return !is_operator || ownership.family_of(use.instance) != Family::Unknown;
}

}  // namespace

Witness::Witness(const measure::Allocator &allocator, bool any, binding::ObjectFiles &files)
    : allocator_(allocator), any_(any), files_(files) {
  if (!allocator.library.empty()) library_ = binding::identity_of(allocator.library);
}

bool Witness::is_ours(const binding::ObjectFile &object, const binding::ObjectFile *preloaded) const {
  if (object.id == library_) return true;
  // A proxy keeps no blocks itself: tbbmalloc's preload hands on to the library that it needs.
  if (preloaded == nullptr || object.id == preloaded->id) return false;
  const auto &needed = preloaded->elf_file.dynamic().needed;
  const auto &soname = object.elf_file.dynamic().soname;
  return soname && libc_called(*soname) == Family::Unknown &&
         std::find(needed.begin(), needed.end(), *soname) != needed.end();
}

ProgramSeen Witness::read(pid_t process) const {
  const fs::path folder = fmt::format("/proc/{}", process);
  ProgramSeen seen;
  std::error_code failed;
  const fs::path program = fs::read_symlink(folder / "exe", failed);
  seen.program = failed ? fmt::format("process {}", process) : program.string();
  try {
    seen.reason = why_no_preload(folder, program);
    if (!seen.reason.empty()) {
      seen.provider = "its own";
      return seen;
    }
    const observe::LiveProcess live(process, files_);
    const observe::Seen seen_objects = observe::seen_in(live);
    const binding::Snapshot &snapshot = seen_objects.snapshot;
    const binding::Ownership ownership(snapshot);
    const auto provider_in_words = [&](const binding::Instance &instance) {
      return binding::in_words(snapshot.objects, ownership, instance);
    };
    const binding::ObjectFile *preloaded = nullptr;
    for (const binding::Object &object : snapshot.objects)
      if (!allocator_.library.empty() && object.file->id == library_) preloaded = object.file.get();
    const auto ours = [&](const binding::Instance &instance) {
      if (any_) return true;
      if (allocator_.library.empty()) return ownership.is_libc(instance.object);
      return is_ours(*snapshot.objects[instance.object].file, preloaded);
    };

    // What the process's malloc is: what the program itself calls, or else what libc's own functions call.
    std::optional<binding::Instance> main;
    if (const binding::Use *const use = ownership.use_of(0, "malloc")) main = use->instance;
    if (!main) main = ownership.instance_of_libc(0);
    if (!main) {
      seen.reason = "no malloc is bound in it";
      return seen;
    }
    seen.provider = provider_in_words(*main);
    if (!allocator_.library.empty() && preloaded == nullptr) {
      seen.reason = "the loader did not take the preload: its environment was cleared, or the library is not for it";
      return seen;
    }
    if (!ours(*main)) {
      seen.reason = fmt::format("its malloc is {}", seen.provider);
      return seen;
    }
    // Others that allocate elsewhere: a hidden or a prefixed allocator of their own.
    std::set<std::string> elsewhere;
    for (binding::ObjectIndex object = 0; object < snapshot.objects.size(); ++object) {
      // A wrapper by its path may hand on to another allocator: that is its affair.
      if (ownership.is_allocator(object) || is_ours(*snapshot.objects[object].file, preloaded)) continue;
      for (const binding::Use &use : ownership.uses_of(object))
        if (is_allocation(use, ownership) && !ours(use.instance))
          elsewhere.insert(fmt::format("{} allocates from {} too", binding::name_of(snapshot.objects, object),
                                       provider_in_words(use.instance)));
      if (const auto nameless = ownership.nameless_instance(object); nameless && !any_)
        elsewhere.insert(fmt::format("{} has an allocator of its own", binding::name_of(snapshot.objects, object)));
    }
    seen.served = elsewhere.empty();
    seen.partly = !elsewhere.empty();
    if (seen.partly) seen.reason = enumeration(std::vector<std::string>(elsewhere.begin(), elsewhere.end()));
  } catch (const Error &error) {
    seen.unread = true;
    seen.reason = fmt::format("it could not be read: {}", error.reason());
  }
  return seen;
}

void Witness::look_at(pid_t process) {
  const fs::path folder = fmt::format("/proc/{}", process);
  const double peak = kilobytes(folder / "status", "VmHWM:");
  if (!(memory_[Quantity::PeakRss] >= peak) && peak > 0) {
    memory_[Quantity::PeakRss] = peak;
    memory_[Quantity::FinalRss] = kilobytes(folder / "status", "VmRSS:");
    memory_[Quantity::Pss] = kilobytes(folder / "smaps_rollup", "Pss:");
  }
  ProgramSeen seen = read(process);
  for (ProgramSeen &one : programs_) {
    ProgramSeen alike = seen;
    alike.processes = one.processes;
    if (alike == one) {
      ++one.processes;
      return;
    }
  }
  programs_.push_back(std::move(seen));
}

Service Witness::service() const {
  Service service;
  service.programs = programs_;
  if (programs_.empty()) {
    service.reason = "no process of it could be looked at";
    return service;
  }
  std::vector<std::string> reasons;
  std::size_t served = 0;
  std::size_t partly = 0;
  std::size_t unread = 0;
  for (const ProgramSeen &seen : programs_) {
    if (seen.served) {
      ++served;
      continue;
    }
    partly += seen.partly;
    unread += seen.unread;
    reasons.push_back(fmt::format("{}: {}", fs::path(seen.program).filename().string(), seen.reason));
  }
  service.state = reasons.empty()              ? Service::State::All
                  : served > 0 || partly > 0   ? Service::State::Part
                  : unread == programs_.size() ? Service::State::Unknown
                                               : Service::State::None;
  service.reason = enumeration(reasons);
  return service;
}

}  // namespace crossheap::compare
