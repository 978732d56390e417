// SPDX-License-Identifier: MIT OR Apache-2.0
#include "observe/caller_code.h"

#include <algorithm>

namespace crossheap::observe {

CodeReader::CodeReader(const binding::ObjectFile &file) : file_(file) {
  ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
}

std::optional<Decoded> CodeReader::at(std::uint64_t address) const {
  const auto code = code_from(address);
  Decoded decoded;
  decoded.address = address;
  if (code.empty() || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &decoded.instruction,
                                                           decoded.operands.data())))
    return std::nullopt;
  return decoded;
}

std::optional<Decoded> CodeReader::call_before(std::uint64_t address) const {
  for (const std::uint64_t length : {5U, 6U, 2U, 3U, 4U, 7U})
    if (const auto call = at(address - length))
      if (call->instruction.length == length && call->instruction.meta.category == ZYDIS_CATEGORY_CALL) return call;
  return std::nullopt;
}

std::string CodeReader::slot_behind(const Decoded &branch, int steps) const {
  if (steps == 0) return {};
  const ZydisDecodedOperand &target = branch.operands[0];
  if (target.type == ZYDIS_OPERAND_TYPE_MEMORY) {
    ZyanU64 slot = 0;
    if (target.mem.base != ZYDIS_REGISTER_RIP ||
        !ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&branch.instruction, &target, branch.address, &slot)))
      return {};
    for (const binding::Slot &its : file_.slots)
      if (its.relocation.address == slot) return std::string(file_.symbols.table().name_of(its.symbol));
    return {};
  }
  ZyanU64 address = 0;
  if (target.type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
      !ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&branch.instruction, &target, branch.address, &address)))
    return {};
  // A PLT stub: endbr64, and a jump through the slot.
  for (int i = 0; i < 3; ++i) {
    const auto step = at(address);
    if (!step) return {};
    if (step->instruction.meta.category == ZYDIS_CATEGORY_UNCOND_BR) return slot_behind(*step, steps - 1);
    if (step->instruction.mnemonic != ZYDIS_MNEMONIC_ENDBR64 && step->instruction.mnemonic != ZYDIS_MNEMONIC_NOP)
      return {};
    address += step->instruction.length;
  }
  return {};
}

std::vector<Decoded> CodeReader::before(const Decoded &call, std::uint64_t function) const {
  constexpr std::uint64_t kNear = 4'096;
  constexpr std::uint64_t kFar = 64;
  const bool is_near = function != 0 && call.address - function <= kNear;
  for (std::uint64_t back = is_near ? call.address - function : std::min(kFar, call.address); back > 0; --back) {
    std::vector<Decoded> steps;
    std::uint64_t address = call.address - back;
    while (address < call.address) {
      const auto step = at(address);
      if (!step) break;
      steps.push_back(*step);
      address += step->instruction.length;
    }
    if (address == call.address) return steps;
    if (is_near) break;
  }
  return {};
}

std::set<std::uint64_t> CodeReader::targets_in(const std::vector<Decoded> &steps) {
  std::set<std::uint64_t> targets;
  for (const Decoded &step : steps) {
    const auto category = step.instruction.meta.category;
    ZyanU64 address = 0;
    if ((category == ZYDIS_CATEGORY_COND_BR || category == ZYDIS_CATEGORY_UNCOND_BR) &&
        step.operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
        ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&step.instruction, step.operands.data(), step.address, &address)))
      targets.insert(address);
  }
  return targets;
}

std::span<const std::byte> CodeReader::code_from(std::uint64_t address) const {
  for (const elf::Segment &segment : file_.elf_file.segments()) {
    if (segment.type != PT_LOAD || (segment.flags & PF_X) == 0 || address < segment.in_memory.address ||
        address - segment.in_memory.address >= segment.in_file.size)
      continue;
    const auto bytes = file_.elf_file.from(address, "code").bytes();
    return bytes.subspan(0, std::min<std::size_t>(bytes.size(), ZYDIS_MAX_INSTRUCTION_LENGTH));
  }
  return {};
}

}  // namespace crossheap::observe
