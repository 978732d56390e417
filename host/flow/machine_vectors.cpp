// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Registers of sixteen bytes. Compilers copy structures through them, two words at a time:
//
//     movdqu xmm0, [rdi]       the two words of the structure that parameter 0 points to
//     movups [rbx+8], xmm0     noted: 8 behind rbx stands the first, 16 behind rbx the second
//
// So a vector register holds two values. Of instructions that move its halves those are known that compilers use to
// put two pointers together, or to take them apart. All others make unknown what they write.
#include "flow/machine.h"

namespace crossheap::flow {

// Both words of an operand of sixteen bytes; of a smaller one, the first.
Words Machine::read_words(const Step &step, const Operand &operand) {
  if (operand.type == Operand::Type::Register && operand.vector >= 0) return state_.vector(operand.vector);
  if (operand.type != Operand::Type::Memory || operand.size < 128) return {read(step, operand), {}};
  const Address address = address_of(step, operand);
  return {word_at(address, 0), word_at(address, 8)};
}

void Machine::write_words(const Step &step, const Operand &operand, const Words &words) {
  if (operand.type == Operand::Type::Register && operand.vector >= 0) {
    state_.set_vector(operand.vector, words);
  } else if (operand.type != Operand::Type::Memory || operand.size < 128) {
    write(step, operand, words.low);
  } else {
    const Address address = address_of(step, operand);
    store(address, 0, words.low);
    store(address, 8, words.high);
  }
}

// Moves of sixteen bytes, of which compilers copy structures, and of their halves. Answers whether it is one.
bool Machine::apply_vector(const Step &step) {
  const Operand &to = step.operands[0];
  const Operand &from = step.operands[1];
  const auto change = [&](auto how) {
    if (to.type != Operand::Type::Register || to.vector < 0) return false;
    Words words = state_.vector(to.vector);
    how(words);
    state_.set_vector(to.vector, words);
    return true;
  };
  constexpr std::int64_t kHighWord = 0xee;  // the orders of PSHUFD that bring the second word to the front
  constexpr std::int64_t kSwapped = 0x4e;
  switch (step.mnemonic) {
    case ZYDIS_MNEMONIC_MOVQ:
    case ZYDIS_MNEMONIC_MOVAPS:
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVDQA:
    case ZYDIS_MNEMONIC_MOVDQU:
    case ZYDIS_MNEMONIC_MOVAPD:
    case ZYDIS_MNEMONIC_MOVUPD:
    case ZYDIS_MNEMONIC_VMOVQ:
    case ZYDIS_MNEMONIC_VMOVAPS:
    case ZYDIS_MNEMONIC_VMOVUPS:
    case ZYDIS_MNEMONIC_VMOVDQA:
    case ZYDIS_MNEMONIC_VMOVDQU:
      write_words(step, to, read_words(step, from));
      return true;
    case ZYDIS_MNEMONIC_MOVHPS:
    case ZYDIS_MNEMONIC_MOVHPD:
      if (to.type == Operand::Type::Memory) {
        write(step, to, read_words(step, from).high);
        return true;
      }
      return change([&](Words &words) { words.high = read(step, from); });
    case ZYDIS_MNEMONIC_MOVLPS:
    case ZYDIS_MNEMONIC_MOVLPD:
      if (to.type == Operand::Type::Memory) {
        write(step, to, read(step, from));
        return true;
      }
      return change([&](Words &words) { words.low = read(step, from); });
    case ZYDIS_MNEMONIC_PINSRQ:
      return change([&](Words &words) { (step.operands[2].number == 0 ? words.low : words.high) = read(step, from); });
    case ZYDIS_MNEMONIC_PEXTRQ: {
      const Words words = read_words(step, from);
      write(step, to, step.operands[2].number == 0 ? words.low : words.high);
      return true;
    }
    case ZYDIS_MNEMONIC_MOVLHPS:
    case ZYDIS_MNEMONIC_PUNPCKLQDQ:
    case ZYDIS_MNEMONIC_UNPCKLPD:
      return change([&](Words &words) { words.high = read(step, from); });
    case ZYDIS_MNEMONIC_MOVHLPS:
      return change([&](Words &words) { words.low = read_words(step, from).high; });
    case ZYDIS_MNEMONIC_PUNPCKHQDQ:
    case ZYDIS_MNEMONIC_UNPCKHPD:
      return change([&](Words &words) { words = {words.high, read_words(step, from).high}; });
    case ZYDIS_MNEMONIC_PSHUFD:
      if (step.operands[2].number != kHighWord && step.operands[2].number != kSwapped) return false;
      return change([&](Words &words) {
        const Words given = read_words(step, from);
        words = {given.high, step.operands[2].number == kSwapped ? given.low : given.high};
      });
    case ZYDIS_MNEMONIC_PSRLDQ:
      if (from.type != Operand::Type::Immediate || from.number != 8) return false;
      return change([&](Words &words) { words = {words.high, values_.of(Atom{})}; });
    default:
      return false;
  }
}

}  // namespace crossheap::flow
