// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Zydis decodes at most the first 4 KiB of a function. Each question is answered with "no" where the code cannot be
// decoded or followed: a "yes" changes how a function is watched, or leaves it unwatched, so it must rest on something
// that was seen.
//
// The return address is looked for in one walk from the first instruction to the last, which counts how far the stack
// pointer is below it:
//
//     push rbx               8 bytes
//     sub rsp, 16            24
//     mov rdi, [rsp + 24]    reads the return address
//
// Behind a jump or a return, the walk assumes the deepest frame so far. That is good enough for a load from exactly one
// place, but not for arguments on the stack, which are a range of places. For those, the function is followed from
// branch to branch. Where two ways lead to one instruction with different depths, the answer is "no".
//
// Windows passes the first argument in rcx, the System V ABI the fourth one. A function with three arguments or fewer
// that reads rcx before it reads rdi follows the convention of Windows.
#include "agent/code_facts.h"

#include <Zydis/Zydis.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "agent/symbols.h"

namespace crossheap::agent {

namespace {

constexpr std::uint64_t kLongest = 4096;  // of a function that is looked at

// Registers by their number in an instruction.
constexpr unsigned kStackPointer = 4;
constexpr unsigned kFramePointer = 5;

/// Calls `visit(decoded, address)` for each instruction until it answers true.
template <class Visit>
bool any_instruction(const Body &body, Visit visit) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  ZydisDecodedInstruction decoded;
  const std::uint64_t size = std::min<std::uint64_t>(body.size, kLongest);
  for (std::uint64_t at = 0; at < size; at += decoded.length) {
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, nullptr, body.bytes + at, size - at, &decoded)))
      return false;
    if (visit(decoded, body.address + at)) return true;
  }
  return false;
}

/// The register of a memory operand without an index, 16 where there is none or it is another kind.
unsigned base_of(const ZydisDecodedInstruction &decoded) {
  constexpr unsigned kNone = 16;
  if ((decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) == 0 || decoded.raw.modrm.mod == 3) return kNone;
  const bool is_extended = (decoded.attributes & ZYDIS_ATTRIB_HAS_REX) != 0 && decoded.raw.rex.B != 0;
  if (is_extended) return kNone;
  if (decoded.raw.modrm.rm != kStackPointer)
    return decoded.raw.modrm.mod == 0 && decoded.raw.modrm.rm == kFramePointer ? kNone : decoded.raw.modrm.rm;
  return decoded.raw.sib.index == kStackPointer && decoded.raw.sib.base == kStackPointer ? kStackPointer : kNone;
}

/// How far the stack pointer is below the return address, as code runs on from instruction to instruction. Behind a
/// jump or a return the frame is taken to be as it was before it was taken down.
class Depth {
public:
  std::int64_t bytes() const { return bytes_; }
  /// Of rbp, where it serves as a frame pointer; -1 where it does not.
  std::int64_t frame() const { return frame_; }

  void pass(const ZydisDecodedInstruction &decoded) {
    constexpr std::int64_t kWord = 8;
    const bool is_on_stack_pointer = (decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0 && decoded.raw.modrm.mod == 3 &&
                                     decoded.raw.modrm.rm == kStackPointer &&
                                     ((decoded.attributes & ZYDIS_ATTRIB_HAS_REX) == 0 || decoded.raw.rex.B == 0);
    switch (decoded.mnemonic) {
      case ZYDIS_MNEMONIC_PUSH:
        bytes_ += kWord;
        break;
      case ZYDIS_MNEMONIC_POP:
        bytes_ -= kWord;
        break;
      case ZYDIS_MNEMONIC_SUB:
        if (is_on_stack_pointer && decoded.raw.imm[0].size != 0) bytes_ += decoded.raw.imm[0].value.s;
        break;
      case ZYDIS_MNEMONIC_ADD:
        if (is_on_stack_pointer && decoded.raw.imm[0].size != 0) bytes_ -= decoded.raw.imm[0].value.s;
        break;
      case ZYDIS_MNEMONIC_MOV:  // mov rbp, rsp, in either of its two forms
        if ((decoded.opcode == 0x89 && decoded.raw.modrm.mod == 3 && decoded.raw.modrm.rm == kFramePointer &&
             decoded.raw.modrm.reg == kStackPointer) ||
            (decoded.opcode == 0x8b && decoded.raw.modrm.mod == 3 && decoded.raw.modrm.reg == kFramePointer &&
             decoded.raw.modrm.rm == kStackPointer))
          frame_ = bytes_;
        break;
      default:
        break;
    }
    if (decoded.meta.category == ZYDIS_CATEGORY_RET || decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR)
      bytes_ = deepest_;
    else
      deepest_ = std::max(deepest_, bytes_);
  }

private:
  std::int64_t bytes_ = 0;
  std::int64_t deepest_ = 0;
  std::int64_t frame_ = -1;
};

}  // namespace

bool reads_return_address(const Body &body) {
  Depth depth;
  return any_instruction(body, [&](const ZydisDecodedInstruction &decoded, std::uint64_t) {
    const unsigned base = base_of(decoded);
    const std::int64_t offset = decoded.raw.disp.size == 0 ? 0 : decoded.raw.disp.value;
    const bool is_read = decoded.mnemonic == ZYDIS_MNEMONIC_MOV || decoded.mnemonic == ZYDIS_MNEMONIC_LEA ||
                         decoded.mnemonic == ZYDIS_MNEMONIC_PUSH || decoded.mnemonic == ZYDIS_MNEMONIC_CMP ||
                         decoded.mnemonic == ZYDIS_MNEMONIC_SUB || decoded.mnemonic == ZYDIS_MNEMONIC_ADD;
    const bool is_there = (base == kStackPointer && offset == depth.bytes()) ||
                          (base == kFramePointer && depth.frame() >= 0 && offset == depth.frame());
    depth.pass(decoded);
    return is_read && is_there;
  });
}

bool takes_windows_arguments(const Body &body) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  const std::uint64_t size = std::min<std::uint64_t>(body.size, kLongest);
  const auto is = [](ZydisRegister one, ZydisRegister whole) {
    return ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, one) == whole;
  };
  ZydisDecodedInstruction decoded;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  for (std::uint64_t at = 0; at < size; at += decoded.length) {
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, body.bytes + at, size - at, &decoded, operands))) return false;
    if (decoded.mnemonic == ZYDIS_MNEMONIC_PUSH) continue;  // saves it, or makes room
    bool reads_rcx = false;
    bool reads_rdi = false;
    bool writes_rcx = false;
    const bool is_zeroing = (decoded.mnemonic == ZYDIS_MNEMONIC_XOR || decoded.mnemonic == ZYDIS_MNEMONIC_SUB) &&
                            operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                            operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                            operands[0].reg.value == operands[1].reg.value;
    for (std::size_t i = 0; i < decoded.operand_count; ++i) {
      const ZydisDecodedOperand &operand = operands[i];
      const auto reads = [&](ZydisRegister one) {
        reads_rcx = reads_rcx || is(one, ZYDIS_REGISTER_RCX);
        reads_rdi = reads_rdi || is(one, ZYDIS_REGISTER_RDI);
      };
      if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
        reads(operand.mem.base);
        reads(operand.mem.index);
      } else if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
        if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0 && !is_zeroing) reads(operand.reg.value);
        if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
          writes_rcx = writes_rcx || is(operand.reg.value, ZYDIS_REGISTER_RCX);
      }
    }
    if (reads_rdi) return false;
    if (reads_rcx) return true;
    const bool leaves = decoded.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE ||
                        decoded.meta.category == ZYDIS_CATEGORY_RET || decoded.meta.category == ZYDIS_CATEGORY_CALL;
    if (writes_rcx || leaves) return false;
  }
  return false;
}

namespace {

/// Follows a function from branch to branch, and knows for each instruction how far the stack pointer is below the
/// return address. One function at a time, under the loader's lock.
class StackArguments {
public:
  explicit StackArguments(const Body &body)
      : body_(body), size_(static_cast<std::uint16_t>(std::min<std::uint64_t>(body.size, kLongest))) {
    std::fill_n(depths, size_, kNotSeen);
  }

  bool are_used() {
    waiting_count_ = 0;
    go_on(0, {0, kUnknown});
    while (waiting_count_ != 0) follow(waiting[--waiting_count_]);
    return used_ && !contradicts_;
  }

private:
  static constexpr std::int32_t kUnknown = INT32_MIN;
  static constexpr std::int32_t kNotSeen = INT32_MIN + 1;
  static constexpr std::int32_t kWord = 8;
  static constexpr std::int32_t kMostArguments = 16;

  /// In bytes below the return address.
  struct Frame {
    std::int32_t stack;  ///< of rsp
    std::int32_t base;   ///< of rbp, where it was made from rsp
  };
  struct Waiting {
    std::uint16_t at;
    Frame frame;
  };
  static constexpr std::size_t kMostWaiting = 256;
  static std::int32_t depths[kLongest];
  static Waiting waiting[kMostWaiting];

  void go_on(std::uint64_t at, Frame frame) {
    if (at >= size_ || waiting_count_ == kMostWaiting) return;
    waiting[waiting_count_++] = {static_cast<std::uint16_t>(at), frame};
  }

  static bool is(const ZydisDecodedOperand &operand, ZydisRegister one) {
    return operand.type == ZYDIS_OPERAND_TYPE_REGISTER && operand.reg.value == one;
  }

  void look_at(const ZydisDecodedInstruction &decoded, const ZydisDecodedOperand *operands, Frame frame) {
    for (std::size_t i = 0; i < decoded.operand_count_visible; ++i) {
      const ZydisDecodedOperand &operand = operands[i];
      if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY || operand.mem.index != ZYDIS_REGISTER_NONE) continue;
      const std::int32_t from = operand.mem.base == ZYDIS_REGISTER_RSP   ? frame.stack
                                : operand.mem.base == ZYDIS_REGISTER_RBP ? frame.base
                                                                         : kUnknown;
      // A frame that is aligned begins by noting where the caller's stack was.
      const bool is_note = decoded.mnemonic == ZYDIS_MNEMONIC_LEA &&
                           (is(operands[0], ZYDIS_REGISTER_R10) || is(operands[0], ZYDIS_REGISTER_R13));
      if (from == kUnknown || is_note || decoded.mnemonic == ZYDIS_MNEMONIC_NOP) continue;
      if (is(operands[0], ZYDIS_REGISTER_RSP)) continue;
      const std::int64_t above = operand.mem.disp.value - from;
      used_ = used_ || (above >= kWord && above <= kWord * std::int64_t{kMostArguments});
    }
  }

  static std::int32_t moved(std::int32_t from, std::int64_t by) {
    const std::int64_t to = std::int64_t{from} + by;
    return from == kUnknown || to < 0 || to > INT16_MAX * 16 ? kUnknown : static_cast<std::int32_t>(to);
  }

  static Frame behind(const ZydisDecodedInstruction &decoded, const ZydisDecodedOperand *operands, Frame frame) {
    const bool to_stack = is(operands[0], ZYDIS_REGISTER_RSP);
    const bool to_base = is(operands[0], ZYDIS_REGISTER_RBP);
    const bool by_number = operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    switch (decoded.mnemonic) {
      case ZYDIS_MNEMONIC_PUSH:
        return {moved(frame.stack, kWord), frame.base};
      case ZYDIS_MNEMONIC_POP:
        return {to_stack ? kUnknown : moved(frame.stack, -kWord), to_base ? kUnknown : frame.base};
      case ZYDIS_MNEMONIC_LEAVE:
        return {moved(frame.base, -kWord), kUnknown};
      case ZYDIS_MNEMONIC_CMP:
      case ZYDIS_MNEMONIC_TEST:
        return frame;
      case ZYDIS_MNEMONIC_SUB:
      case ZYDIS_MNEMONIC_ADD:
        if (to_stack && by_number) {
          const std::int64_t by = operands[1].imm.value.s;
          return {moved(frame.stack, decoded.mnemonic == ZYDIS_MNEMONIC_SUB ? by : -by), frame.base};
        }
        break;
      case ZYDIS_MNEMONIC_MOV:
        if (to_base && is(operands[1], ZYDIS_REGISTER_RSP)) return {frame.stack, frame.stack};
        if (to_stack && is(operands[1], ZYDIS_REGISTER_RBP)) return {frame.base, frame.base};
        break;
      case ZYDIS_MNEMONIC_LEA: {
        const auto &from = operands[1].mem;
        const std::int32_t base = from.index != ZYDIS_REGISTER_NONE ? kUnknown
                                  : from.base == ZYDIS_REGISTER_RSP ? frame.stack
                                  : from.base == ZYDIS_REGISTER_RBP ? frame.base
                                                                    : kUnknown;
        if (to_stack) return {moved(base, -from.disp.value), frame.base};
        if (to_base) return {frame.stack, moved(base, -from.disp.value)};
        break;
      }
      default:
        break;
    }
    const bool writes = (operands[0].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    return {to_stack && writes ? kUnknown : frame.stack, to_base && writes ? kUnknown : frame.base};
  }

  void follow(Waiting from) {
    ZydisDecoder decoder;
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    Frame frame = from.frame;
    for (std::uint64_t at = from.at; at < size_;) {
      std::int32_t &seen = depths[at];
      if (seen != kNotSeen) {
        // Behind a call that never comes back stands other code: nothing is certain then.
        contradicts_ = contradicts_ || (seen != frame.stack && seen != kUnknown && frame.stack != kUnknown);
        return;
      }
      seen = frame.stack;
      ZydisDecodedInstruction decoded;
      ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT]{};
      if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, body_.bytes + at, size_ - at, &decoded, operands))) return;
      look_at(decoded, operands, frame);
      frame = behind(decoded, operands, frame);
      at += decoded.length;
      const bool is_jump = decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR;
      if (decoded.raw.imm[0].is_relative && (is_jump || decoded.meta.category == ZYDIS_CATEGORY_COND_BR))
        go_on(at + static_cast<std::uint64_t>(decoded.raw.imm[0].value.s), frame);
      if (is_jump || decoded.meta.category == ZYDIS_CATEGORY_RET || decoded.mnemonic == ZYDIS_MNEMONIC_UD2 ||
          decoded.mnemonic == ZYDIS_MNEMONIC_HLT)
        return;
    }
  }

  const Body &body_;
  std::uint16_t size_;
  std::size_t waiting_count_ = 0;
  bool used_ = false;
  bool contradicts_ = false;
};

std::int32_t StackArguments::depths[kLongest];
StackArguments::Waiting StackArguments::waiting[kMostWaiting];

}  // namespace

bool takes_stack_arguments(const Body &body) { return StackArguments(body).are_used(); }

bool has_system_calls(const Image &image) {
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 20;
  if (image.end - image.begin > kLargest) return false;
  constexpr std::uint8_t kSyscall[] = {0x0f, 0x05};
  for (std::size_t i = 0; i < image.header_count; ++i) {
    const ElfW(Phdr) &segment = image.headers[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & (PF_R | PF_X)) != (PF_R | PF_X)) continue;
    // SAFETY: a segment that the loader has mapped.
    const auto *const begin = reinterpret_cast<const std::uint8_t *>(image.base + segment.p_vaddr);
    if (::memmem(begin, segment.p_filesz, kSyscall, sizeof kSyscall) != nullptr) return true;
  }
  return false;
}

bool jumps_to(const Object &object, const Body &body, bool (*wanted)(std::string_view name)) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  const auto is_through_slot = [&](const ZydisDecodedInstruction &decoded, std::uint64_t at) {
    const bool is_slot = (decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0 && decoded.raw.modrm.mod == 0 &&
                         decoded.raw.modrm.rm == kFramePointer;
    if (!is_slot) return false;
    const std::uint64_t slot = at + decoded.length + static_cast<std::uint64_t>(decoded.raw.disp.value);
    return wanted(reference_in_slot(*object.map, slot).name);
  };
  return any_instruction(body, [&](const ZydisDecodedInstruction &decoded, std::uint64_t at) {
    if (decoded.meta.category != ZYDIS_CATEGORY_UNCOND_BR) return false;
    if (!decoded.raw.imm[0].is_relative) return is_through_slot(decoded, at);
    // A stub of the procedure linkage table: endbr64, perhaps, and a jump through its slot.
    std::uint64_t target = at + decoded.length + static_cast<std::uint64_t>(decoded.raw.imm[0].value.s);
    constexpr int kMostInStub = 2;
    for (int i = 0; i < kMostInStub && is_code(object.image, target); ++i) {
      ZydisDecodedInstruction one;
      // SAFETY: code of the object.
      if (!ZYAN_SUCCESS(
              ZydisDecoderDecodeInstruction(&decoder, nullptr, reinterpret_cast<const void *>(target), 15, &one)))
        return false;
      if (one.meta.category == ZYDIS_CATEGORY_UNCOND_BR)
        return !one.raw.imm[0].is_relative && is_through_slot(one, target);
      if (one.mnemonic != ZYDIS_MNEMONIC_ENDBR64) return false;
      target += one.length;
    }
    return false;
  });
}

}  // namespace crossheap::agent
