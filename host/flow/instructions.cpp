// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/instructions.h"

#include <algorithm>

namespace crossheap::flow {

namespace {

int general(ZydisRegister reg) {
  if (reg < ZYDIS_REGISTER_AL || reg > ZYDIS_REGISTER_R15) return -1;
  const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
  return whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15 ? whole - ZYDIS_REGISTER_RAX : -1;
}

int vector(ZydisRegister reg) {
  return reg >= ZYDIS_REGISTER_XMM0 && reg <= ZYDIS_REGISTER_XMM15 ? reg - ZYDIS_REGISTER_XMM0 : -1;
}

// Comparisons, and jumps whose target stands in the instruction, are a third of all code. Of the former `test rax, rax`
// matters, by which a pointer is compared with null.
bool has_operands_that_matter(const ZydisDecodedInstruction &instruction) {
  if (instruction.mnemonic == ZYDIS_MNEMONIC_TEST)
    return instruction.operand_width == 64 && instruction.raw.modrm.mod == 3 &&
           instruction.raw.modrm.reg == instruction.raw.modrm.rm;
  return instruction.meta.category != ZYDIS_CATEGORY_COND_BR && instruction.mnemonic != ZYDIS_MNEMONIC_CMP &&
         instruction.mnemonic != ZYDIS_MNEMONIC_NOP;
}

Operand operand_of(const ZydisDecodedOperand &decoded) {
  Operand operand;
  operand.size = decoded.size;
  operand.written = (decoded.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
  switch (decoded.type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
      operand.type = Operand::Type::Register;
      operand.name = static_cast<std::uint16_t>(decoded.reg.value);
      operand.general = static_cast<std::int16_t>(general(decoded.reg.value));
      operand.vector = static_cast<std::int16_t>(vector(decoded.reg.value));
      break;
    case ZYDIS_OPERAND_TYPE_MEMORY: {
      const auto &memory = decoded.mem;
      operand.type = Operand::Type::Memory;
      operand.far = memory.segment == ZYDIS_REGISTER_FS || memory.segment == ZYDIS_REGISTER_GS;
      operand.of_code = memory.base == ZYDIS_REGISTER_RIP;
      operand.based = memory.base != ZYDIS_REGISTER_NONE;
      operand.indexed = memory.index != ZYDIS_REGISTER_NONE;
      operand.moved = memory.disp.value != 0;
      operand.general = static_cast<std::int16_t>(general(memory.base));
      if (memory.scale == 1) operand.index = static_cast<std::int16_t>(general(memory.index));
      operand.number = memory.disp.has_displacement ? memory.disp.value : 0;
      break;
    }
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
      operand.type = Operand::Type::Immediate;
      operand.number = decoded.imm.value.s;
      break;
    default:
      break;
  }
  return operand;
}

}  // namespace

Instructions::Instructions() { ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64); }

void Instructions::decode(std::uint64_t start, const elf::ByteView &bytes, std::uint64_t size) {
  start_ = start;
  const auto *data = bytes.bytes().data();
  const std::uint64_t length = std::min<std::uint64_t>(size, bytes.size());
  steps_.clear();
  index_of_.assign(length, 0);
  std::uint64_t offset = 0;
  while (offset < length) {
    ZydisDecodedInstruction instruction;
    std::array<ZydisDecodedOperand, 5> operands;
    ZydisDecoderContext context;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder_, &context, data + offset, length - offset, &instruction)))
      return;
    const auto count =
        has_operands_that_matter(instruction) ? std::min<std::uint8_t>(instruction.operand_count, 5) : std::uint8_t{0};
    if (count > 0 &&
        !ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoder_, &context, &instruction, operands.data(), count)))
      return;
    Step &step = steps_.emplace_back();
    step.address = start_ + offset;
    step.mnemonic = instruction.mnemonic;
    step.category = instruction.meta.category;
    step.length = instruction.length;
    step.operand_count = count;
    for (std::size_t i = 0; i < count; ++i) step.operands[i] = operand_of(operands[i]);
    ZyanU64 target = 0;
    if (instruction.meta.category == ZYDIS_CATEGORY_COND_BR) {
      step.has_target = true;
      step.target = step.address + step.length + static_cast<std::uint64_t>(instruction.raw.imm[0].value.s);
    } else if (count > 0 && operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
               ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction, operands.data(), step.address, &target))) {
      step.has_target = true;
      step.target = target;
    }
    index_of_[offset] = static_cast<std::uint32_t>(steps_.size());
    offset += instruction.length;
  }
}

}  // namespace crossheap::flow
