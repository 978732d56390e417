// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program is started in the sandbox with observer.cpp as its audit module, which opens what is to be opened, says
// so, and holds still before main. Then the slots are read (live_process.h) and compared with the prediction.
//
// First the objects are paired, by file and namespace. The numbers of namespaces need not agree, so a namespace is
// known by the first object that was opened into it. Then each predicted slot is read. A difference is the model's
// mistake, but for three kinds that no rule of the loader foretells:
//
//     a resolver (IFUNC) chose a function of the same object, or of the vDSO      counts as equal
//     a data slot holds no definition of its symbol at all                        overwritten by the program's code
//     the slot's object, or the one it leads to, was opened by code               by_code
#include "observe/observe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <set>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "base/tunables.h"
#include "observe/live_process.h"
#include "observe/protocol.h"
#include "sandbox/sandbox.h"

namespace crossheap::observe {

namespace fs = std::filesystem;
using binding::kNoObject;
using binding::ObjectIndex;

namespace {

static_assert(kObserverFd == sandbox::kResultFd);

std::string flags_of(const binding::OpenMode &mode) {
  std::string flags;
  if (mode.global) flags += kGlobal;
  if (mode.deepbind) flags += kDeepbind;
  if (mode.no_load) flags += kNoLoad;
  if (mode.new_namespace) flags += kNewNamespace;
  return flags.empty() ? std::string(1, kNoFlags) : flags;
}

sandbox::Command command_of(const Program &program) {
  std::string to_open;
  for (const Opening &opening : program.openings)
    to_open += fmt::format("{} {}\n", flags_of(opening.mode), opening.file.string());
  sandbox::Command command;
  command.program = fs::absolute(program.executable);
  command.environment = {"LC_ALL=C", "LD_BIND_NOW=1", "LD_AUDIT=" + library_file("libcrossheap-observer.so").string(),
                         "GLIBC_TUNABLES=" + raise_static_tls(program.tunables, program.static_tls),
                         fmt::format("{}={}", kOpenVariable, to_open)};
  if (!program.preloads.empty())
    command.environment.push_back(fmt::format("LD_PRELOAD={}", fmt::join(program.preloads, ":")));
  if (program.dynamic_weak) command.environment.emplace_back("LD_DYNAMIC_WEAK=1");
  if (!program.library_path.empty()) command.environment.push_back("LD_LIBRARY_PATH=" + program.library_path);
  return command;
}

// Which live object is which predicted one: by namespace and file. The observer's own namespace belongs to none.
class Pairing {
public:
  Pairing(const binding::Process &predicted, const LiveProcess &live)
      : live_of_(predicted.objects().size(), kNoObject) {
    // A file that is mapped twice (the loader, opened by another name) is paired in the order of mapping.
    std::multimap<std::pair<std::uint32_t, binding::FileId>, std::size_t> live_by_file;
    std::map<std::uint32_t, std::size_t> first_of;
    for (std::size_t i = 0; i < live.objects().size(); ++i) {
      const LiveObject &object = live.objects()[i];
      if (!object.file) continue;
      live_by_file.emplace(std::pair(object.link_namespace, object.file->id), i);
      first_of.try_emplace(object.link_namespace, i);
    }
    const std::vector<binding::Object> &objects = predicted.objects();
    std::map<std::uint32_t, std::uint32_t> number_of{{0, 0}};
    for (const binding::Object &object : objects) {
      const std::uint32_t number = object.link_namespace;
      if (number_of.contains(number)) continue;
      // A namespace is known by the object that was opened into it.
      for (const auto &[live_number, first] : first_of)
        if (live_number != 0 && live.objects()[first].file->id == object.file->id)
          number_of.try_emplace(number, live_number);
    }
    for (const auto &[predicted_number, live_number] : number_of) numbers_.insert(live_number);
    for (ObjectIndex index = 0; index < objects.size(); ++index) {
      const auto number = number_of.find(objects[index].link_namespace);
      if (number == number_of.end()) continue;
      const auto found = live_by_file.find({number->second, objects[index].file->id});
      if (found == live_by_file.end()) continue;
      live_of_[index] = found->second;
      live_by_file.erase(found);
    }
  }

  std::size_t live_of(ObjectIndex predicted) const { return live_of_[predicted]; }
  bool belongs(const LiveObject &object) const { return numbers_.contains(object.link_namespace); }
  bool is_paired(std::size_t live) const { return std::find(live_of_.begin(), live_of_.end(), live) != live_of_.end(); }

private:
  std::vector<std::size_t> live_of_;
  std::set<std::uint32_t> numbers_;
};

class Comparer {
public:
  /// \param by_code  the link maps of what code opened
  Comparer(const binding::Process &predicted, const LiveProcess &live, const std::set<std::uint64_t> &by_code,
           Comparison &comparison)
      : predicted_(predicted), live_(live), by_code_(by_code), pairing_(predicted, live), comparison_(comparison) {}

  void compare() {
    for (ObjectIndex index = 0; index < predicted_.objects().size(); ++index)
      if (pairing_.live_of(index) == kNoObject)
        comparison_.differences.push_back({path_of(index), "", "", "loaded", "not loaded"});
    for (std::size_t i = 0; i < live_.objects().size(); ++i) {
      const LiveObject &object = live_.objects()[i];
      if (object.file && pairing_.belongs(object) && !pairing_.is_paired(i))
        (is_by_code(i) ? comparison_.by_code : comparison_.differences)
            .push_back({object.path.string(), "", "", "not loaded", "loaded"});
    }
    for (const binding::Binding &binding : predicted_.snapshot().bindings) compare(binding);
  }

private:
  std::string path_of(ObjectIndex index) const { return predicted_.objects()[index].path.string(); }

  bool is_by_code(std::size_t live) const { return by_code_.contains(live_.objects()[live].map); }

  // Where the definition stands in the process.
  std::optional<std::uint64_t> address_of(const binding::Definition &definition) const {
    const std::size_t live = pairing_.live_of(definition.object);
    if (live == kNoObject) return std::nullopt;
    const bool absolute = definition.symbol.section == SHN_ABS;
    return (absolute ? 0 : live_.objects()[live].base) + definition.symbol.value;
  }

  std::string where(std::uint64_t address) const {
    if (address == 0) return "nothing";
    const auto object = live_.object_at(address);
    if (!object) return fmt::format("{:#x}, in no object", address);
    const LiveObject &its = live_.objects()[*object];
    return fmt::format("{}{} at {:#x}", its.path.filename().string(),
                       its.link_namespace == 0 ? "" : fmt::format(" in namespace {}", its.link_namespace),
                       address - its.base);
  }

  // Whether any object of the process defines a symbol called so at `address`.
  bool is_definition_of(std::string_view name, std::uint64_t address) const {
    return std::any_of(live_.objects().begin(), live_.objects().end(), [&](const LiveObject &object) {
      if (!object.file) return false;
      return object.file->symbols.find(
          elf::HashedName(name), [&](const elf::Symbol &symbol) { return object.base + symbol.value == address; });
    });
  }

  void compare(const binding::Binding &binding) {
    const std::size_t live = pairing_.live_of(binding.object);
    if (live == kNoObject || !holds_an_address(binding.slot.relocation.kind)) return;
    if (binding.symbol.type == STT_TLS) return;
    const auto value = live_.value_of(live, binding.slot);
    ++comparison_.slots;
    std::string predicted = "nothing";
    if (!binding.definition) {
      if (value == 0) return;
    } else {
      const binding::Definition &definition = *binding.definition;
      const auto address = address_of(definition);
      if (value && address == value) return;
      const std::size_t provider = pairing_.live_of(definition.object);
      // The resolver chose one of the functions of the object.
      const bool indirect = definition.symbol.type == STT_GNU_IFUNC;
      if (indirect && value && (live_.object_at(*value) == provider || live_.is_in_vdso(*value))) return;
      predicted = address ? where(*address) : predicted_.objects()[definition.object].path.filename().string();
    }
    Difference difference{path_of(binding.object), std::string(binding.symbol.name),
                          std::string(elf::name_of(binding.slot.relocation.kind)), predicted,
                          value ? where(*value) : "memory that cannot be read"};
    const bool is_data = binding.slot.relocation.kind == elf::RelocationKind::Absolute;
    const bool is_overwritten = is_data && value && !is_definition_of(binding.symbol.name, *value);
    const auto provider = value ? live_.object_at(*value) : std::nullopt;
    const bool is_of_code = is_by_code(live) || (provider && is_by_code(*provider));
    (is_overwritten ? comparison_.overwritten
     : is_of_code   ? comparison_.by_code
                    : comparison_.differences)
        .push_back(std::move(difference));
  }

  const binding::Process &predicted_;
  const LiveProcess &live_;
  const std::set<std::uint64_t> &by_code_;
  Pairing pairing_;
  Comparison &comparison_;
};

}  // namespace

namespace {

// What the observer said of each kind, without the word that begins the line.
std::vector<std::string> lines_after(std::string_view word, std::string_view sent) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(sent, '\n'))
    if (line.starts_with(word)) lines.emplace_back(line.substr(word.size()));
  return lines;
}

std::set<std::uint64_t> maps_opened_by_code(std::string_view sent) {
  std::set<std::uint64_t> maps;
  for (const std::string &digits : lines_after(kByCode, sent)) {
    std::uint64_t map = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), map, 16);
    maps.insert(map);
  }
  return maps;
}

// Each object that code opened takes a line.
constexpr std::size_t kSaidAtMost = std::size_t{1} << 20;
// A program with hundreds of libraries, on a machine that has other work.
constexpr std::chrono::seconds kDeadline{60};

}  // namespace

Comparison observe(const Program &program, const binding::Process &predicted, binding::ObjectFiles &files) {
  Comparison comparison;
  std::optional<Error> failure;
  sandbox::Job job;
  job.command = command_of(program);
  job.limits.sent_bytes = kSaidAtMost;
  job.limits.deadline = kDeadline;
  job.limits.cpu = kDeadline;
  job.when_sent = [&](pid_t process, std::string_view sent) {
    if (!sent.ends_with(kReady)) return false;
    comparison.refusals = lines_after(kRefused, sent);
    try {
      const LiveProcess live(process, files);
      comparison.ran = true;
      Comparer(predicted, live, maps_opened_by_code(sent), comparison).compare();
    } catch (const Error &error) {
      failure = error;
    }
    return true;
  };
  const sandbox::Observation seen = sandbox::run_one(job);
  if (failure) throw Error(*failure);
  comparison.output = seen.output;
  // The loader that gives up before main says so in one of two ways; an assertion of its own ends the process anywhere.
  if (!comparison.ran)
    for (const std::string_view line : split(seen.output, '\n'))
      if (line.find("error while loading shared libraries: ") != std::string_view::npos ||
          line.find("Inconsistency detected by ld.so: ") != std::string_view::npos ||
          (line.find("version `") != std::string_view::npos &&
           line.find("not found (required by") != std::string_view::npos))
        comparison.refusals.emplace_back(line);
  if (const auto *not_started = std::get_if<sandbox::NotStarted>(&seen.ending))
    throw system_error(program.executable.string(), not_started->doing, not_started->errno_value,
                       "give --host a program that can be run");
  return comparison;
}

}  // namespace crossheap::observe
