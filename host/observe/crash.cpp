// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Three questions, each in a part of this file: which call crashed, with which block, and whose heap is that?
//
// The stack is walked from the inside. The first frame that is named like a release function, or that was called
// through a slot of such a name, is the call. What only forwards is no caller: that is the first frame outside that
// takes no block.
//
// The block's address is followed back through the caller's code, from the call towards the start of the function:
//
//     mov rbx, rax          rbx keeps its value across calls: it is known in this frame, by the unwind tables
//     ...
//     mov rdi, rbx          rdi comes from rbx
//     call free@plt         free takes its block in rdi
//
// A jump into this stretch, another call in it, or any other instruction that writes the register ends the search.
// Also, a caller that jumps to free instead of calling it has left the stack. Then the frames of the release function
// are searched for an address that can only be the block, and it must be the only one.
//
// Whose heap it is, the memory shows. glibc's heaps have a form that can be checked (malloc/malloc.c: chunks one behind
// the other from the start of the program break's area, and an arena's heap_info at each multiple of 64 MiB). What is
// in an anonymous mapping without that form is another allocator's; where the process has exactly one other, it is
// known which.
#include "observe/crash.h"

#include <Zydis/Zydis.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <set>

#include "allocator/families.h"
#include "allocator/names.h"
#include "base/demangle.h"
#include "base/text.h"
#include "binding/in_words.h"
#include "observe/caller_code.h"

namespace crossheap::observe {

using binding::Instance;
using binding::kNoObject;
using binding::ObjectFile;
using binding::ObjectIndex;

namespace {

constexpr std::size_t kShownAtMost = 24;            // of the frames
constexpr std::uint64_t kHeapAlign = 64ULL << 20U;  // glibc's HEAP_MAX_SIZE on machines of 64 bits
constexpr std::uint64_t kChunkFlags = 7;            // PREV_INUSE, IS_MMAPPED, NON_MAIN_ARENA
constexpr std::uint64_t kMappedFlag = 2;
constexpr std::uint64_t kChunkHeader = 16;
constexpr std::uint64_t kSmallestChunk = 32;
constexpr std::uint64_t kPage = 4'096;
constexpr std::uint64_t kCacheChunk = 0x291;  // tcache_perthread_struct since glibc 2.30, and PREV_INUSE
constexpr std::size_t kFoundAtMost = 16;
constexpr std::uint64_t kScannedAtMost = 8'192;       // bytes of the stack between a release function and its caller
constexpr std::uint64_t kChunksAtMost = 100'000'000;  // some seconds

bool takes_block(std::string_view name) {
  const auto split = split_prefix(name);
  return split && split->function->arguments.block >= 0 && split->function->role != Role::Measure;
}

// The number of a register in DWARF; -1 for none that calls keep.
int kept_register(ZydisRegister reg) {
  switch (reg) {
    case ZYDIS_REGISTER_RBX:
      return kRbx;
    case ZYDIS_REGISTER_RBP:
      return kRbp;
    case ZYDIS_REGISTER_RSP:
      return kRsp;
    case ZYDIS_REGISTER_R12:
    case ZYDIS_REGISTER_R13:
    case ZYDIS_REGISTER_R14:
    case ZYDIS_REGISTER_R15:
      return kR12 + (reg - ZYDIS_REGISTER_R12);
    default:
      return -1;
  }
}

ZydisRegister argument_register(int number) {
  constexpr std::array kInOrder{ZYDIS_REGISTER_RDI, ZYDIS_REGISTER_RSI, ZYDIS_REGISTER_RDX,
                                ZYDIS_REGISTER_RCX, ZYDIS_REGISTER_R8,  ZYDIS_REGISTER_R9};
  return kInOrder[static_cast<std::size_t>(std::clamp(number, 0, 5))];
}

bool is_parameter(ZydisRegister reg) {
  for (int number = 0; number < 6; ++number)
    if (argument_register(number) == reg) return true;
  return false;
}

// ---- the crashed call

struct ReleaseCall {
  std::size_t frame = 0;              // of the release function: the outermost of its own
  std::string function;               // as its caller knows it
  std::size_t releaser = 0;           // the object whose function it is
  std::optional<std::size_t> caller;  // the frame
  bool calls_it = false;              // the caller's code shows the call; else a function in between has left
};

struct HeapPlace {
  enum class Kind { Unknown, Glibc, Other, Data, Stack, Nowhere };
  Kind kind = Kind::Unknown;
  bool starts_block = false;
  std::uint64_t size = 0;
  std::string words;
};

class Investigation {
public:
  Investigation(const CoreDump &dump, const LiveProcess &process, const Seen &seen,
                const std::vector<binding::Object> &objects, const binding::Ownership &ownership)
      : dump_(dump),
        process_(process),
        seen_(seen),
        objects_(objects),
        ownership_(ownership),
        frames_(call_stack(dump, process)) {}

  Crash result() {
    Crash crash;
    crash.signal = dump_.signal();
    crash.message = abort_message();
    for (const StackFrame &frame : frames_) {
      if (crash.stack.size() == kShownAtMost) {
        crash.stack.push_back(fmt::format("and {} more", frames_.size() - kShownAtMost));
        break;
      }
      crash.stack.push_back(line_of(frame));
    }
    const auto call = release_call();
    if (!call) return crash;
    const auto [address, how] = block_of(*call);
    crash.released = sentence(*call, address);
    if (!address) {
      crash.block = "the address of the block is in no place where it can be told from others";
      suspect(*call, crash);
      return crash;
    }
    const HeapPlace place = place_of(*address);
    crash.block = fmt::format("{:#x} {}", *address, place.words);
    if (!how.empty()) crash.block += fmt::format(" ({})", how);
    judge(*call, *address, place, crash);
    return crash;
  }

private:
  std::string name_of_object(std::size_t live) const {
    const LiveObject &object = process_.objects()[live];
    const std::string name = object.path.filename().string();
    return object.link_namespace == 0 ? name : fmt::format("{} in namespace {}", name, object.link_namespace);
  }

  std::string line_of(const StackFrame &frame) const {
    const MappedFile *const file = dump_.file_at(frame.pc);
    const std::string where = frame.object      ? name_of_object(*frame.object)
                              : file != nullptr ? std::filesystem::path(file->path).filename().string()
                                                : std::string("no object that is known");
    if (!frame.object && file != nullptr)
      return fmt::format("{:#x} in {}", frame.pc - file->start + file->offset, where);
    if (!frame.function.empty()) return fmt::format("{} in {}", demangled(frame.function), where);
    const std::uint64_t base = frame.object ? process_.objects()[*frame.object].base : 0;
    return fmt::format("{:#x} in {}", frame.pc - base, where);
  }

  const ObjectFile *file_of(const StackFrame &frame) const {
    return frame.object ? process_.objects()[*frame.object].file.get() : nullptr;
  }

  std::uint64_t in_file(const StackFrame &frame) const { return frame.pc - process_.objects()[*frame.object].base; }

  // __abort_msg of libc: a structure of its size and the text.
  std::string abort_message() const {
    for (const LiveObject &object : process_.objects()) {
      if (!object.file || libc_called(object.path.filename().native()) == Family::Unknown) continue;
      std::uint64_t at = 0;
      object.file->symbols.find(elf::HashedName("__abort_msg"), [&](const elf::Symbol &symbol) {
        at = symbol.value;
        return symbol.defined();
      });
      const auto message = at == 0 ? std::nullopt : process_.memory().word_at(object.base + at);
      if (!message || *message == 0) continue;
      std::string text = process_.memory().text_at(*message + sizeof(std::uint32_t));
      while (text.ends_with('\n')) text.pop_back();
      if (!text.empty()) return text;
    }
    return {};
  }

  // The call that the frame leads to next inside, by the instruction in front of its return address.
  std::string called_from(const StackFrame &frame) const {
    const ObjectFile *const file = file_of(frame);
    if (file == nullptr || frame.exact || file->elf_file.header().machine != EM_X86_64) return {};
    const CodeReader code(*file);
    const auto call = code.call_before(in_file(frame));
    return call ? code.slot_behind(*call) : std::string();
  }

  std::optional<ReleaseCall> release_call() const {
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      const StackFrame &frame = frames_[i];
      if (!frame.object) continue;
      const bool by_name = takes_block(frame.function);
      const std::string called = i + 1 < frames_.size() ? called_from(frames_[i + 1]) : std::string();
      // The frame of the function may be gone: its work is done by another one of the same object, which it jumped to.
      const bool by_call = takes_block(called) && frames_[i + 1].object != frame.object;
      if (!by_name && !by_call) continue;
      ReleaseCall call;
      call.frame = i;
      call.function = by_name ? frame.function : called;
      call.releaser = *frame.object;
      // What only forwards, libstdc++'s operators, is no caller; nor is libc, where its getline resizes a block.
      std::size_t at = i + 1;
      std::string as = called;
      while (at < frames_.size() && frames_[at].object && takes_block(frames_[at].function)) {
        as = at + 1 < frames_.size() ? called_from(frames_[at + 1]) : std::string();
        ++at;
      }
      if (at < frames_.size() && frames_[at].object) call.caller = at;
      if (takes_block(as)) {
        call.function = as;
        call.calls_it = true;
      }
      call.frame = at - 1;
      return call;
    }
    return std::nullopt;
  }

  std::string sentence(const ReleaseCall &call, std::optional<std::uint64_t> address) const {
    const std::string what = address ? fmt::format("the block at {:#x}", *address) : std::string("a block");
    const std::string to = fmt::format("{} of {}", demangled(call.function), name_of_object(call.releaser));
    if (!call.caller) {
      const std::size_t next = call.frame + 1;
      const MappedFile *const file = next < frames_.size() ? dump_.file_at(frames_[next].pc) : nullptr;
      return file == nullptr
                 ? fmt::format("{} was given to {}", what, to)
                 : fmt::format("{} gave {} to {}", std::filesystem::path(file->path).filename().string(), what, to);
    }
    const StackFrame &caller = frames_[*call.caller];
    const std::string who = fmt::format("{} of {}", caller.function.empty() ? "a function" : demangled(caller.function),
                                        name_of_object(*caller.object));
    return call.calls_it ? fmt::format("{} gave {} to {}", who, what, to)
                         : fmt::format("{}, or a function that it calls, gave {} to {}", who, what, to);
  }

  // ---- the block

  std::pair<std::optional<std::uint64_t>, std::string> block_of(const ReleaseCall &call) const {
    if (const auto split = split_prefix(call.function); split && call.calls_it && call.caller) {
      const ZydisRegister holder = argument_register(split->function->arguments.block);
      if (const auto address = argument_of(*call.caller, holder)) return {address, ""};
    }
    const bool of_glibc = is_glibc(call.releaser);
    std::set<std::uint64_t> found;
    const auto consider = [&](std::uint64_t value) {
      if (value % 8 != 0 || value < kPage || found.size() > kFoundAtMost) return;
      const auto add = [&](std::uint64_t address, HeapPlace::Kind kind) {
        const HeapPlace place = place_of(address);
        if (place.kind == kind && (place.starts_block || kind == HeapPlace::Kind::Other)) found.insert(address);
      };
      add(value, of_glibc ? HeapPlace::Kind::Other : HeapPlace::Kind::Glibc);
    };
    for (std::size_t i = 0; i <= call.frame && i < frames_.size(); ++i)
      for (const std::uint8_t number : {kRbx, kRbp, kR12, kR13, kR14, kR15, kRdi})
        if (const auto value = frames_[i].registers[number]; value && (number != kRdi || i == 0)) consider(*value);
    const auto bottom = frames_.front().registers[kRsp];
    const auto top = call.frame + 1 < frames_.size() ? frames_[call.frame + 1].registers[kRsp] : std::nullopt;
    if (bottom && top && *top > *bottom)
      for (std::uint64_t at = *bottom; at < *top && at - *bottom < kScannedAtMost; at += 8)
        if (const auto value = word(at)) consider(*value);
    // glibc knows a block by its chunk as well, which begins 16 bytes before it.
    if (of_glibc)
      for (const std::uint64_t address : std::set<std::uint64_t>(found))
        if (found.contains(address + kChunkHeader)) found.erase(address);
    if (found.size() != 1) return {std::nullopt, ""};
    return {*found.begin(), "the one address of a block in the frames of the release function"};
  }

  // What the code of frame `i` had in the register `wanted` when it called, as far as that still stands where it took
  // it from. A function that passes its own parameter on has it from its caller.
  std::optional<std::uint64_t> argument_of(std::size_t i, ZydisRegister wanted) const {
    if (i >= frames_.size()) return std::nullopt;
    const StackFrame &frame = frames_[i];
    const ObjectFile *const file = file_of(frame);
    if (file == nullptr || frame.exact) return std::nullopt;
    const CodeReader code(*file);
    const auto call = code.call_before(in_file(frame));
    if (!call) return std::nullopt;
    const std::uint64_t function = frame.into > call->instruction.length ? in_file(frame) - frame.into : 0;
    const std::vector<Decoded> steps = code.before(*call, function);
    const std::set<std::uint64_t> targets = CodeReader::targets_in(steps);
    bool moved = false;  // the stack pointer, between the place that is looked at and the call
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      // Another way leads here, on which the register may have got something else.
      if (targets.contains(step->address + step->instruction.length)) return std::nullopt;
      const auto category = step->instruction.meta.category;
      if (category == ZYDIS_CATEGORY_CALL || category == ZYDIS_CATEGORY_UNCOND_BR || category == ZYDIS_CATEGORY_RET)
        return std::nullopt;
      bool writes = false;
      for (std::size_t number = 0; number < step->instruction.operand_count; ++number) {
        const ZydisDecodedOperand &operand = step->operands[number];
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0 &&
            ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, operand.reg.value) == wanted)
          writes = true;
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0 &&
            operand.reg.value == ZYDIS_REGISTER_RSP)
          moved = true;
      }
      if (!writes) continue;
      if (step->instruction.mnemonic != ZYDIS_MNEMONIC_MOV) return std::nullopt;
      const ZydisDecodedOperand &from = step->operands[1];
      if (from.type == ZYDIS_OPERAND_TYPE_REGISTER) {
        if (const int number = kept_register(from.reg.value); number >= 0)
          return frame.registers[static_cast<std::size_t>(number)];
        wanted = from.reg.value;
        continue;
      }
      if (from.type != ZYDIS_OPERAND_TYPE_MEMORY || from.mem.index != ZYDIS_REGISTER_NONE) return std::nullopt;
      if (from.mem.base == ZYDIS_REGISTER_RIP) {
        ZyanU64 address = 0;
        if (!ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&step->instruction, &from, step->address, &address)))
          return std::nullopt;
        return process_.memory().word_at(process_.objects()[*frame.object].base + address);
      }
      const int base = kept_register(from.mem.base);
      if (base < 0 || (base == kRsp && moved) || !frame.registers[static_cast<std::size_t>(base)]) return std::nullopt;
      return process_.memory().word_at(*frame.registers[static_cast<std::size_t>(base)] +
                                       static_cast<std::uint64_t>(from.mem.disp.value));
    }
    const bool from_the_start = !steps.empty() && steps.front().address == function;
    return (from_the_start || call->address == function) && is_parameter(wanted) ? argument_of(i + 1, wanted)
                                                                                 : std::nullopt;
  }

  // ---- whose heap

  bool is_glibc(std::size_t live) const {
    const ObjectIndex object = seen_.index_of[live];
    return object != kNoObject && ownership_.is_libc(object) && ownership_.family_of({object, {}}) == Family::Glibc;
  }

  std::optional<std::uint64_t> word(std::uint64_t address) const { return process_.memory().word_at(address); }

  HeapPlace place_of(std::uint64_t address) const {
    HeapPlace place;
    if (const auto object = process_.object_at(address)) {
      place.kind = HeapPlace::Kind::Data;
      place.words = fmt::format("is in {} itself, and no block of a heap", name_of_object(*object));
      return place;
    }
    const MappedRange *const range = dump_.range_at(address);
    if (range == nullptr) {
      place.kind = HeapPlace::Kind::Nowhere;
      place.words = "is in no mapping of the process";
      return place;
    }
    for (const std::uint64_t pointer : dump_.stack_pointers())
      if (pointer >= range->start && pointer - range->start < range->size) {
        place.kind = HeapPlace::Kind::Stack;
        place.words = "is in the mapping of a thread's stack";
        return place;
      }
    if (const MappedFile *const file = dump_.file_at(address)) {
      place.kind = HeapPlace::Kind::Data;
      place.words = fmt::format("is in the mapped file {}", printable_name(file->path));
      return place;
    }
    if (range->kept < range->size) {
      place.words = "is in memory that the dump has not kept";
      return place;
    }
    if (in_main_heap(*range, address, place) || in_arena(address, place) || in_mapped_chunk(*range, address, place))
      return place;
    place.kind = range->writable ? HeapPlace::Kind::Other : HeapPlace::Kind::Data;
    place.words = "is in anonymous memory that has not the form of a heap of glibc's";
    return place;
  }

  // Chunks one behind the other, from the beginning of the mapping to beyond the address. Where another allocator takes
  // from the program break as well (tcmalloc), glibc's first chunk is at the beginning of a later page; it holds the
  // thread's cache, whose size is known.
  bool in_main_heap(const MappedRange &range, std::uint64_t address, HeapPlace &place) const {
    if (chunks_lead(range, range.start, address, place)) return true;
    for (std::uint64_t page = range.start + kPage; page < address; page += kPage)
      if (word(page) == 0 && word(page + 8) == kCacheChunk && chunks_lead(range, page, address, place)) return true;
    return false;
  }

  bool chunks_lead(const MappedRange &range, std::uint64_t chunk, std::uint64_t address, HeapPlace &place) const {
    if (word(chunk) != 0) return false;
    const std::uint64_t end = range.start + range.size;
    for (std::uint64_t steps = 0; steps < kChunksAtMost && chunk < end && chunk <= address; ++steps) {
      const auto head = word(chunk + 8);
      if (!head || (*head & kMappedFlag) != 0) return false;
      const std::uint64_t size = *head & ~kChunkFlags;
      if (size < kSmallestChunk || size % kChunkHeader != 0 || size > end - chunk) return false;
      if (address - chunk < size) {
        // One chunk alone may be chance.
        if (steps == 0 && size == end - chunk) return false;
        place.kind = HeapPlace::Kind::Glibc;
        place.starts_block = address == chunk + kChunkHeader;
        place.size = size - 8;
        place.words = place.starts_block ? fmt::format("is a block of {} bytes in glibc's heap", place.size)
                                         : std::string("is inside glibc's heap, and no start of a block");
        return true;
      }
      chunk += size;
    }
    return false;
  }

  // heap_info: the arena, the heap before, the size, and what of it may be used.
  bool in_arena(std::uint64_t address, HeapPlace &place) const {
    const std::uint64_t start = address & ~(kHeapAlign - 1);
    const MappedRange *const range = dump_.range_at(start);
    if (range == nullptr || range->start != start || !range->writable) return false;
    const auto arena = word(start);
    const auto size = word(start + 16);
    const auto usable = word(start + 24);
    if (!arena || !size || !usable || *size % kPage != 0 || *size > kHeapAlign || *usable < *size ||
        *usable % kPage != 0 || *usable > kHeapAlign)
      return false;
    // The first heap of an arena holds the arena; a later one points to it.
    const std::uint64_t of_arena = *arena & ~(kHeapAlign - 1);
    if (*arena - of_arena > 64 || *arena == of_arena) return false;
    if (of_arena != start && !word(*arena)) return false;
    if (address - start >= *size) return false;
    place.kind = HeapPlace::Kind::Glibc;
    const auto head = word(address - 8);
    const std::uint64_t bytes = head ? *head & ~kChunkFlags : 0;
    place.starts_block = address % kChunkHeader == 0 && bytes >= kSmallestChunk && bytes < kHeapAlign &&
                         (*head & 4U) != 0;  // NON_MAIN_ARENA
    place.size = place.starts_block ? bytes - 8 : 0;
    place.words = place.starts_block
                      ? fmt::format("is a block of {} bytes in a heap of a thread's arena of glibc's", place.size)
                      : std::string("is inside a heap of a thread's arena of glibc's");
    return true;
  }

  // A large block has a mapping of its own.
  bool in_mapped_chunk(const MappedRange &range, std::uint64_t address, HeapPlace &place) const {
    if (address % kPage != kChunkHeader) return false;
    const auto before = word(address - 16);
    const auto head = word(address - 8);
    if (!before || !head || *before != 0 || (*head & kChunkFlags) != kMappedFlag) return false;
    const std::uint64_t size = *head & ~kChunkFlags;
    if (size % kPage != 0 || size == 0 || size > range.start + range.size - (address - kChunkHeader)) return false;
    place.kind = HeapPlace::Kind::Glibc;
    place.starts_block = true;
    place.size = size - kChunkHeader;
    place.words = fmt::format("is a large block of glibc's, of {} bytes", place.size);
    return true;
  }

  // All allocators that somebody in the process uses or carries, but for the one in `live`.
  std::set<Instance> others(std::size_t live) const {
    std::set<Instance> all;
    for (ObjectIndex object = 0; object < objects_.size(); ++object) {
      for (const binding::Use &use : ownership_.uses_of(object)) all.insert(use.instance);
      if (const auto nameless = ownership_.nameless_instance(object)) all.insert(*nameless);
    }
    std::erase_if(all, [&](const Instance &instance) { return instance.object == seen_.index_of[live]; });
    return all;
  }

  // No address; but an allocator that ends the process in a release function says that the block is not as its own are.
  void suspect(const ReleaseCall &call, Crash &crash) const {
    if (dump_.signal() != SIGABRT || seen_.index_of[call.releaser] == kNoObject) return;
    if (is_glibc(call.releaser) && crash.message.find("invalid pointer") == std::string::npos) return;
    const std::set<Instance> candidates = others(call.releaser);
    if (candidates.empty()) return;
    std::vector<std::string> words;
    words.reserve(candidates.size());
    for (const Instance &candidate : candidates) words.push_back(binding::in_words(objects_, ownership_, candidate));
    Finding finding = finding_of(call, Level::Warning, crash);
    finding.summary = fmt::format("It ended there: {}, which refused it. Other allocators in the process: {}",
                                  sentence(call, std::nullopt), enumeration(words));
    crash.finding = std::move(finding);
  }

  Finding finding_of(const ReleaseCall &call, Level level, const Crash &crash) const {
    Finding finding;
    const std::size_t subject =
        call.caller && frames_[*call.caller].object ? *frames_[*call.caller].object : call.releaser;
    const ObjectIndex in_model = seen_.index_of[subject];
    const bool deep = in_model != kNoObject && objects_[in_model].deep;
    finding.hazard = deep ? HazardId::DeepBoundPlugin : HazardId::CrossingFree;
    finding.level = level;
    finding.subject = process_.objects()[subject].path.string();
    if (!crash.block.empty()) finding.evidence.push_back(crash.block);
    if (!crash.message.empty()) finding.evidence.push_back(fmt::format("libc said: {}", crash.message));
    for (std::size_t i = 0; i < frames_.size() && i < kShownAtMost; ++i) {
      Place where;
      where.function = demangled(frames_[i].function);
      if (frames_[i].object) where.object = process_.objects()[*frames_[i].object].path.string();
      finding.places.push_back(std::move(where));
    }
    return finding;
  }

  void judge(const ReleaseCall &call, std::uint64_t address, const HeapPlace &place, Crash &crash) const {
    const ObjectIndex releaser = seen_.index_of[call.releaser];
    if (releaser == kNoObject) return;
    const bool by_glibc = is_glibc(call.releaser);
    std::string owner;
    if (place.kind == HeapPlace::Kind::Glibc) {
      if (by_glibc) {
        crash.block +=
            ": the allocator that it was given to is of the same family, so it is no crossing, or one "
            "between two copies of glibc";
        return;
      }
      if (!place.starts_block) return;
      std::vector<std::string> libcs;
      for (std::size_t live = 0; live < process_.objects().size(); ++live)
        if (is_glibc(live)) libcs.push_back(name_of_object(live));
      owner = libcs.size() == 1 ? fmt::format("glibc in {}", libcs.front()) : std::string("glibc");
    } else if (place.kind == HeapPlace::Kind::Other && by_glibc) {
      std::set<Instance> candidates = others(call.releaser);
      std::erase_if(candidates,
                    [&](const Instance &instance) { return ownership_.family_of(instance) == Family::Glibc; });
      std::vector<std::string> words;
      words.reserve(candidates.size());
      for (const Instance &candidate : candidates) words.push_back(binding::in_words(objects_, ownership_, candidate));
      if (words.empty()) return;
      owner = words.size() == 1 ? words.front() : fmt::format("{}: one of them", enumeration(words, "or"));
      crash.block += words.size() == 1
                         ? fmt::format("; the only other allocator in the process is {}", owner)
                         : fmt::format("; the other allocators in the process are {}", enumeration(words));
    }
    if (owner.empty()) return;
    const Instance to{releaser, {}};
    const std::string heap = binding::in_words(objects_, ownership_, to);
    Finding finding = finding_of(call, Level::Error, crash);
    finding.summary =
        fmt::format("It crashed there: {}. The block reached {} instead of {}", sentence(call, address), heap, owner);
    crash.finding = std::move(finding);
  }

  const CoreDump &dump_;
  const LiveProcess &process_;
  const Seen &seen_;
  const std::vector<binding::Object> &objects_;
  const binding::Ownership &ownership_;
  std::vector<StackFrame> frames_;
};

}  // namespace

Crash crash_of(const CoreDump &dump, const LiveProcess &process, const Seen &seen,
               const std::vector<binding::Object> &objects, const binding::Ownership &ownership) {
  return Investigation(dump, process, seen, objects, ownership).result();
}

}  // namespace crossheap::observe
