// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Zydis decodes the function. The entry is planned first, then the code is written:
//
//     at the entry of f                      in the island
//     endbr64                                stays at the entry
//     mov rax, [rip + x]                     the same, with x counted from the new place
//     test rdi, rdi                          the same bytes
//     je short                               je near, to the same target
//     call g                                 push the address behind the call in f; jmp g
//     (five bytes or more are covered)       jmp back into f
//
// A moved call must leave the original return address on the stack, as unwinders know nothing of islands. So g returns
// behind the jump in f. This works because a call has five bytes or more, and so is always the last instruction that is
// moved.
//
// An entry is refused with an instruction that has no form which reaches 2 GiB (loop, jrcxz, xbegin), with a
// breakpoint, or with a branch into the five bytes. So is a function that ends before them, unless only filling
// follows.
#include "agent/relocate.h"

#include <Zydis/Zydis.h>

namespace crossheap::agent {

namespace {

using event::Refusal;

enum class Flow : std::uint8_t { Straight, Jump, ConditionalJump, Call, CallMemory, End, Immovable };

struct Step {
  ZydisDecodedInstruction decoded;
  Flow flow;
  bool has_target;  ///< of a branch relative to the instruction pointer
  std::uint64_t target;
};

bool is_rip_relative_memory(const ZydisDecodedInstruction &decoded) {
  return (decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0 && decoded.raw.modrm.mod == 0 && decoded.raw.modrm.rm == 5;
}

Flow flow_of(const ZydisDecodedInstruction &decoded) {
  switch (decoded.meta.category) {
    case ZYDIS_CATEGORY_COND_BR: {
      // Only the sixteen conditions have a form that reaches 2 GiB; loop, jrcxz and xbegin have not.
      const bool near_form = decoded.opcode_map == ZYDIS_OPCODE_MAP_0F && (decoded.opcode & 0xf0) == 0x80;
      const bool short_form = decoded.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (decoded.opcode & 0xf0) == 0x70;
      return near_form || short_form ? Flow::ConditionalJump : Flow::Immovable;
    }
    case ZYDIS_CATEGORY_UNCOND_BR:
      if (!decoded.raw.imm[0].is_relative) return Flow::End;
      return decoded.opcode == 0xe9 || decoded.opcode == 0xeb ? Flow::Jump : Flow::Immovable;
    case ZYDIS_CATEGORY_CALL:
      if (decoded.raw.imm[0].is_relative) return Flow::Call;
      return is_rip_relative_memory(decoded) ? Flow::CallMemory : Flow::Immovable;
    case ZYDIS_CATEGORY_RET:
      return Flow::End;
    default:
      break;
  }
  switch (decoded.mnemonic) {
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_HLT:
      return Flow::End;
    case ZYDIS_MNEMONIC_XBEGIN:
    // A debugger's breakpoint, which must be met where it was set, and will be taken out there.
    case ZYDIS_MNEMONIC_INT3:
      return Flow::Immovable;
    default:
      return Flow::Straight;
  }
}

class Reader {
public:
  explicit Reader(const Body &body) : body_(body) {
    ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  }

  bool read(std::size_t offset, std::size_t end, Step &step) const {
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeInstruction(&decoder_, nullptr, body_.bytes + offset, end - offset, &step.decoded)))
      return false;
    step.flow = flow_of(step.decoded);
    step.has_target = step.decoded.raw.imm[0].is_relative;
    if (step.has_target)
      step.target =
          body_.address + offset + step.decoded.length + static_cast<std::uint64_t>(step.decoded.raw.imm[0].value.s);
    return true;
  }

private:
  const Body &body_;
  ZydisDecoder decoder_;
};

bool is_padding(const ZydisDecodedInstruction &decoded) {
  return decoded.mnemonic == ZYDIS_MNEMONIC_NOP || decoded.mnemonic == ZYDIS_MNEMONIC_INT3;
}

/// Whether the bytes from `from` to `to`, which may lie behind the function, are filling and nothing else.
bool only_padding(const Reader &reader, const Body &body, std::size_t from, std::size_t to) {
  if (to > body.size + body.padding) return false;
  Step step{};
  while (from < to) {
    if (!reader.read(from, body.size + body.padding, step) || !is_padding(step.decoded)) return false;
    from += step.decoded.length;
  }
  return true;
}

/// Whether a branch may not lead to `target`: into the five bytes, or to the entry itself from inside. The latter is
/// a loop whose registers need not hold the arguments; only a call of the function by itself starts it afresh.
bool is_forbidden(const Body &body, std::size_t jump_end, const Step &step) {
  if (!step.has_target || step.target < body.address || step.target >= body.address + jump_end) return false;
  return !(step.flow == Flow::Call && step.target == body.address);
}

Displacement refused(Refusal refusal) { return {.refusal = refusal, .offset = 0, .length = 0, .falls_through = false}; }

/// It changes nothing but the flags, and reads no memory.
bool compares_registers(const ZydisDecodedInstruction &decoded) {
  const bool in_memory = (decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0 && decoded.raw.modrm.mod != 3;
  return (decoded.mnemonic == ZYDIS_MNEMONIC_TEST || decoded.mnemonic == ZYDIS_MNEMONIC_CMP) && !in_memory;
}

/// push [rip + ...]: the literal stands, aligned, behind an instruction of that many bytes behind this one.
void push_literal(Code &island, std::uint32_t bytes_between) {
  constexpr std::uint32_t kField = 4;
  island.op({0xff, 0x35});
  island.imm32(bytes_between + Code::filling_at(island.here() + kField + bytes_between));
}

}  // namespace

Displacement plan_displacement(const Body &body) {
  if (body.size == 0) return refused(Refusal::UnknownSize);
  const Reader reader(body);
  Step step{};
  Displacement plan{};
  if (!reader.read(0, body.size, step)) return refused(Refusal::Undecodable);
  if (step.decoded.mnemonic == ZYDIS_MNEMONIC_ENDBR64) plan.offset = step.decoded.length;

  std::size_t at = plan.offset;
  const std::size_t jump_end = plan.offset + kJumpBytes;
  while (at < jump_end) {
    if (at >= body.size) {
      // The function ended without leaving, or with filling alone: nothing says that these bytes are free.
      return refused(Refusal::TooShort);
    }
    if (!reader.read(at, body.size, step)) return refused(Refusal::Undecodable);
    if (step.flow == Flow::Immovable) return refused(Refusal::Unrelocatable);
    at += step.decoded.length;
    plan.falls_through = step.flow == Flow::Straight || step.flow == Flow::ConditionalJump;
    if (!plan.falls_through && at < jump_end && !only_padding(reader, body, at, jump_end))
      return refused(at < body.size ? Refusal::BranchIntoEntry : Refusal::TooShort);
    if (!plan.falls_through) break;
  }
  plan.length = at - plan.offset;

  for (at = plan.offset; at < body.size; at += step.decoded.length) {
    if (!reader.read(at, body.size, step)) return refused(Refusal::Undecodable);
    if (is_forbidden(body, jump_end, step)) return refused(Refusal::BranchIntoEntry);
  }
  return plan;
}

bool is_repeatable(const Body &body, const Displacement &displacement) {
  if (!displacement.falls_through) return false;
  const Reader reader(body);
  Step step{};
  const std::size_t end = displacement.offset + displacement.length;
  for (std::size_t at = displacement.offset; at < end; at += step.decoded.length) {
    if (!reader.read(at, end, step)) return false;
    if (!compares_registers(step.decoded) && step.flow != Flow::ConditionalJump) return false;
  }
  constexpr ZydisAccessedFlagsMask kFlags =
      ZYDIS_CPUFLAG_CF | ZYDIS_CPUFLAG_PF | ZYDIS_CPUFLAG_AF | ZYDIS_CPUFLAG_ZF | ZYDIS_CPUFLAG_SF | ZYDIS_CPUFLAG_OF;
  ZydisAccessedFlagsMask written = 0;
  for (std::size_t at = end; (written & kFlags) != kFlags; at += step.decoded.length) {
    if (at >= body.size || !reader.read(at, body.size, step) || step.flow != Flow::Straight) return false;
    const ZydisAccessedFlags *const flags = step.decoded.cpu_flags;
    if (flags == nullptr) continue;
    if ((flags->tested & kFlags & ~written) != 0) return false;
    written |= flags->modified | flags->set_0 | flags->set_1 | flags->undefined;
  }
  return true;
}

bool relocate(const Body &body, const Displacement &displacement, Code &island) {
  const Reader reader(body);
  const std::size_t end = displacement.offset + displacement.length;
  Step step{};
  for (std::size_t at = displacement.offset; at < end; at += step.decoded.length) {
    if (!reader.read(at, end, step)) return false;
    const std::uint8_t *bytes = body.bytes + at;
    const std::uint64_t next = body.address + at + step.decoded.length;
    switch (step.flow) {
      case Flow::Jump:
        island.jump(step.target);
        break;
      case Flow::ConditionalJump:
        island.op({0x0f, static_cast<std::uint8_t>(0x80 | (step.decoded.opcode & 0x0f))});
        island.displacement_to(step.target);
        break;
      case Flow::Call:
        // The return address must be the original one: an unwinder knows nothing of islands. The call is the last
        // displaced instruction (it is five bytes long), so control comes back behind the jump.
        push_literal(island, kJumpBytes);
        island.jump(step.target);
        island.fill_up();
        island.imm64(next);
        break;
      case Flow::CallMemory: {
        const std::uint64_t slot = next + static_cast<std::uint64_t>(step.decoded.raw.disp.value);
        push_literal(island, 6);
        island.op({0xff, 0x25});
        island.displacement_to(slot);
        island.fill_up();
        island.imm64(next);
        break;
      }
      default:
        if (is_rip_relative_memory(step.decoded)) {
          const std::size_t field = step.decoded.raw.disp.offset;
          const std::uint64_t target = next + static_cast<std::uint64_t>(step.decoded.raw.disp.value);
          const std::uint64_t island_next = island.here() + step.decoded.length;
          island.bytes(bytes, field);
          island.imm32(island.reach(target, island_next));
          island.bytes(bytes + field + 4, step.decoded.length - field - 4);
        } else {
          island.bytes(bytes, step.decoded.length);
        }
    }
  }
  if (displacement.falls_through) island.jump(body.address + end);
  return island.good();
}

}  // namespace crossheap::agent
