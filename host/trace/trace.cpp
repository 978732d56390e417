// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads the log once, in its order, and keeps for each program start ("image") which objects were loaded when. Order
// matters: an address is looked up in what was mapped at that point of the log, because an unloaded plugin's addresses
// may since belong to another one. A worked example:
//
//   Object 7 plugin-a.so 0x1000..0x2000, opened by 3
//   Finding, released from 0x1100            -> plugin-a.so + 0x100, opened by dlopen call 3
//   Unload 7
//   Object 8 plugin-b.so 0x1000..0x2000
//   Finding, released from 0x1100            -> plugin-b.so + 0x100
//
// A forked child shares its parent's numbers up to the fork and goes on counting by itself. So a number is looked up
// with the process that logged it.
#include "trace/trace.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <utility>

#include "allocator/families.h"
#include "allocator/functions.h"
#include "allocator/interfaces.h"
#include "trace/cause.h"
#include "trace/program.h"
#include "trace/symbolizer.h"

namespace crossheap::trace {

namespace {

using event::Refusal;

/// One object in one program start, for the part of the log during which it was loaded.
struct Loaded {
  event::ObjectBody body;
  std::string path;
  std::uint32_t pid;
  std::string family;
  bool unloaded = false;
};

struct OpenSeen {
  std::uint32_t pid;
  event::Open open;
};

/// Everything told by the processes that come from one program start.
struct ProgramRun {
  std::string program;
  std::vector<Loaded> objects;
  std::vector<OpenSeen> opens;

  // A forked child goes on counting where its parent was: the child's own object comes before one that its parent
  // has loaded since under the same number.
  Loaded *object(std::uint32_t number, std::uint32_t pid) {
    Loaded *found = nullptr;
    for (Loaded &one : objects)
      if (one.body.object == number && (found == nullptr || one.pid == pid)) found = &one;
    return found;
  }
  const Loaded *at(std::uint64_t address) const {
    const auto found = std::find_if(objects.rbegin(), objects.rend(), [&](const Loaded &one) {
      return !one.unloaded && address >= one.body.begin && address < one.body.end;
    });
    return found == objects.rend() ? nullptr : &*found;
  }
};

std::string family_of(std::uint32_t known, std::uint32_t interfaces) {
  const auto has = [&](Interface interface) { return (interfaces >> static_cast<unsigned>(interface) & 1) != 0; };
  const auto family = static_cast<Family>(known);
  if (known <= static_cast<std::uint32_t>(Family::Sanitizer) && family != Family::Unknown)
    return std::string(name_of(family));
  for (const InterfaceOfFamily &one : kInterfacesOfFamilies)
    if (has(one.interface)) return std::string(name_of(one.family));
  return has(Interface::GlibcAlias) ? "glibc" : "unknown";
}

std::string function_name(std::uint16_t row) {
  return row < kFunctionCount ? std::string(kFunctions[row].name) : std::string();
}

std::string in_words(Refusal refusal) {
  switch (refusal) {
    case Refusal::None:
      break;
    case Refusal::UnknownSize:
      return "its symbol has no size, so nothing says where it ends";
    case Refusal::TooShort:
      return "it is too short for a jump";
    case Refusal::Undecodable:
      return "its code has instructions that are not known";
    case Refusal::BranchIntoEntry:
      return "a branch inside it leads to its entry";
    case Refusal::OtherEntry:
      return "another function starts within its first bytes";
    case Refusal::Unrelocatable:
      return "its first instructions cannot be moved";
    case Refusal::OutOfReach:
      return "what its first instructions refer to is out of reach";
    case Refusal::NoIsland:
      return "there is no free memory near it";
    case Refusal::Protected:
      return "the system does not let its code be changed";
    case Refusal::Indirect:
      return "it is chosen at run time (an IFUNC)";
    case Refusal::TooMany:
      return "there are more than 250 allocators in the process";
    case Refusal::Forwards:
      return "it hands on to another allocator, which is watched";
    case Refusal::Untraceable:
      return "it obtains its memory in a way that is not seen";
    case Refusal::NoTable:
      return "the kernel refused 32 GiB of address space for the page table (RLIMIT_AS, or overcommit is off)";
    case Refusal::StaticProgram:
      return std::string(kStaticallyLinked);
    case Refusal::OtherLoader:
      return "its loader is not glibc's for 64 bits";
    case Refusal::SetuidProgram:
      return std::string(kSetuid);
    case Refusal::WithoutOurs:
      return "it was started without the variables LD_AUDIT and CROSSHEAP_LOG";
    case Refusal::Restricted:
      return "it was opened after the program had restricted its system calls";
    case Refusal::OutOfSight:
      return "it cannot open the agent or the log (another root, another user, or a mount over them)";
    case Refusal::SeesAgent:
      return "it is watched, and asks for its return address: at depths sites and stacks it finds the agent there";
    case Refusal::WideTls:
      return std::string(kWideTls);
    case Refusal::OtherConvention:
      return "it takes its arguments elsewhere (as on Windows, or on the stack)";
    case Refusal::Disbelieved:
      return "only the names of its functions say that it is an allocator, and it handles addresses in memory that "
             "nobody was seen to obtain; crossheap no longer reports on it";
    case Refusal::TextRelocation:
      return "the loader relocates the instructions of its entry";
    case Refusal::LimitOfOthers:
      return "another process has set this limit. It counts what crossheap has reserved, and a request for memory "
             "failed";
    case Refusal::NoNamespace:
      return "the loader had no link namespace left for it: crossheap takes one of the 16";
  }
  return "unknown reason";
}

/// Whether it is said of a program that the process went on as, and not of an object.
bool is_of_program(Refusal refusal) {
  return refusal != Refusal::Restricted && refusal != Refusal::NoNamespace && refusal != Refusal::LimitOfOthers;
}

class Reading {
public:
  Reading(Trace &trace, Names names) : trace_(trace), names_(names) {}

  void read(const event::Record &record) {
    std::visit([&](const auto &what) { take(record, runs_[record.image], what); }, record.what);
  }

  /// What we saw of our own child's end counts more than what it said itself.
  void set_ending(const Run &run) {
    if (ProcessSeen *process = process_with(static_cast<std::uint32_t>(run.pid))) process->ending = run.ending;
  }

private:
  void take(const event::Record &record, ProgramRun &image, const event::Process &process) {
    image.program = process.path;
    begin_program(record.pid, process.path);
  }
  void take(const event::Record &record, ProgramRun &image, const event::Object &object) {
    std::string path = object.path.empty() ? image.program : object.path;
    image.objects.push_back({object.body, std::move(path), record.pid, {}, false});
  }
  void take(const event::Record &record, ProgramRun &image, const event::Unload &unload) {
    if (Loaded *object = image.object(unload.body.object, record.pid)) object->unloaded = true;
  }
  void take(const event::Record &record, ProgramRun &image, const event::Instance &instance) {
    Loaded *const object = image.object(instance.body.object, record.pid);
    if (object == nullptr) return;
    object->family = family_of(instance.body.family, instance.body.interfaces);
    const InstanceSeen seen{party(object), instance.prefix, instance.body.watched, instance.body.unwatched};
    const auto same = [&](const InstanceSeen &known) { return known.party == seen.party; };
    if (std::none_of(trace_.instances.begin(), trace_.instances.end(), same)) trace_.instances.push_back(seen);
  }
  void take(const event::Record &record, ProgramRun &image, const event::Unwatched &unwatched) {
    const Loaded *const object = image.object(unwatched.body.object, record.pid);
    UnwatchedSeen seen{object == nullptr ? std::string() : object->path, unwatched.function,
                       in_words(unwatched.body.refusal), object == nullptr};
    if (object == nullptr && !seen.function.empty()) {
      std::swap(seen.object, seen.function);
      seen.is_process = is_of_program(unwatched.body.refusal);
      if (seen.is_process) begin_program(record.pid, seen.object);
    }
    if (std::find(trace_.unwatched.begin(), trace_.unwatched.end(), seen) == trace_.unwatched.end())
      trace_.unwatched.push_back(seen);
  }
  void take(const event::Record &record, ProgramRun &image, const event::Open &open) {
    image.opens.push_back({record.pid, open});
  }
  void take(const event::Record &record, ProgramRun &image, const event::Exit &exit) {
    set_ending(record.pid, image, Exited{static_cast<int>(exit.status & 0xff)});
  }
  void take(const event::Record &, ProgramRun &image, const event::ChildEnd &end) {
    const auto status = static_cast<int>(end.body.status);
    set_ending(end.body.pid, image,
               WIFSIGNALED(status) ? Ending(Killed{WTERMSIG(status)}) : Ending(Exited{WEXITSTATUS(status)}));
  }
  void take(const event::Record &record, ProgramRun &image, const event::Finding &finding) {
    const event::FindingBody &body = finding.body;
    if (finding.count == 0) return;  // the block arrived at its owner after all
    Incident incident;
    incident.hazard = body.hazard;
    incident.detail = body.detail;
    incident.count = finding.count;
    incident.function = function_name(body.function);
    incident.allocated_by = function_name(body.allocated_by);
    if (body.allocated_by != event::kNoFunction) incident.size = body.size;
    if (body.hazard == HazardId::WrongSize) incident.given_size = body.given;
    incident.block = body.block;
    incident.by_pointer = body.is_by_pointer != 0;
    incident.owner = party(image.object(body.owner, record.pid));
    incident.releaser = party(image.object(body.releaser, record.pid));
    for (const std::uint64_t address : finding.release_stack) incident.release_stack.push_back(frame(image, address));
    for (const std::uint64_t address : finding.allocation_stack)
      incident.allocation_stack.push_back(frame(image, address));
    incident.pids.push_back(record.pid);
    if (!finding.release_stack.empty()) incident.opened = opened(image, finding.release_stack.front());
    explain(incident);
    add(std::move(incident));
  }

  void begin_program(std::uint32_t pid, const std::string &path) {
    if (ProcessSeen *before = process_with(pid)) before->replaced = true;
    trace_.processes.push_back(
        {.pid = pid, .program = path, .replaced = false, .ending = std::nullopt, .is_running = false});
  }
  void set_ending(std::uint32_t pid, const ProgramRun &image, const Ending &ending) {
    if (ProcessSeen *process = process_with(pid))
      process->ending = ending;
    else  // a forked child that ran no program of its own
      trace_.processes.push_back(
          {.pid = pid, .program = image.program, .replaced = false, .ending = ending, .is_running = false});
  }

  /// The last program that ran under this pid.
  ProcessSeen *process_with(std::uint32_t pid) {
    const auto found = std::find_if(trace_.processes.rbegin(), trace_.processes.rend(),
                                    [&](const ProcessSeen &process) { return process.pid == pid; });
    return found == trace_.processes.rend() ? nullptr : &*found;
  }

  // The same incident in several processes is one, with all their pids.
  void add(Incident incident) {
    const auto key = [](const Incident &one) {
      std::string text =
          fmt::format("{}|{}|{}|{}|{}", static_cast<unsigned>(one.hazard), static_cast<unsigned>(one.detail),
                      one.function, one.owner.object, one.releaser.object);
      for (const auto *stack : {&one.release_stack, &one.allocation_stack})
        for (const Frame &f : *stack) text += fmt::format("|{}+{:x}", f.object, f.offset);
      return text;
    };
    const auto [known, is_new] = by_key_.try_emplace(key(incident), trace_.incidents.size());
    if (is_new) {
      trace_.incidents.push_back(std::move(incident));
      return;
    }
    Incident &same = trace_.incidents[known->second];
    same.count += incident.count;
    const std::uint32_t pid = incident.pids.front();
    if (std::find(same.pids.begin(), same.pids.end(), pid) == same.pids.end()) same.pids.push_back(pid);
  }

  static Party party(const Loaded *object) {
    if (object == nullptr) return {};
    return {object->path, object->family.empty() ? "unknown" : object->family, object->body.link_namespace,
            object->unloaded};
  }

  Frame frame(const ProgramRun &image, std::uint64_t return_address) {
    Frame frame;
    frame.address = return_address;
    const Loaded *const object = image.at(return_address);
    if (object == nullptr) return frame;
    frame.object = object->path;
    frame.offset = return_address - object->body.base;
    if (names_ == Names::Leave) return frame;
    // The call stands before the address it returns to.
    const Place place = symbolizer_.find(object->path, frame.offset - 1);
    frame.function = place.function;
    frame.file = place.file;
    frame.line = place.line;
    return frame;
  }

  std::optional<OpenCall> opened(const ProgramRun &image, std::uint64_t address) {
    const Loaded *const object = image.at(address);
    if (object == nullptr || object->body.opened_by == 0) return std::nullopt;
    for (auto call = image.opens.rbegin(); call != image.opens.rend(); ++call)
      if (call->open.body.open == object->body.opened_by && call->pid == object->pid)
        return OpenCall{call->open.path, call->open.body.flags, call->open.body.link_namespace,
                        frame(image, call->open.body.caller)};
    return std::nullopt;
  }

  Trace &trace_;
  Names names_;
  Symbolizer symbolizer_;
  std::map<std::uint32_t, ProgramRun> runs_;
  std::map<std::string, std::size_t> by_key_;
};

}  // namespace

Trace understand(const event::Log &log, const std::optional<Run> &run, Names names) {
  Trace trace;
  trace.lost = log.lost;
  Reading reading(trace, names);
  for (const event::Record &record : log.records) reading.read(record);
  if (run) reading.set_ending(*run);
  std::stable_sort(trace.incidents.begin(), trace.incidents.end(),
                   [](const Incident &a, const Incident &b) { return a.count > b.count; });
  return trace;
}

void add_running(Trace &trace, const std::vector<Running> &running) {
  for (const Running &one : running) {
    // It told of itself by its own id, which other namespaces have as well.
    const auto known = std::find_if(trace.processes.rbegin(), trace.processes.rend(), [&](const ProcessSeen &process) {
      return process.pid == static_cast<std::uint32_t>(one.own_pid) && !process.replaced && !process.is_running &&
             (one.own_pid == one.pid || process.program == one.program);
    });
    if (known != trace.processes.rend())
      known->is_running = true;
    else
      trace.processes.push_back({.pid = static_cast<std::uint32_t>(one.pid),
                                 .program = one.program,
                                 .replaced = false,
                                 .ending = std::nullopt,
                                 .is_running = true});
  }
}

}  // namespace crossheap::trace
