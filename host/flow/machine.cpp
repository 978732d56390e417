// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Registers hold origins instead of numbers (values.h), and each instruction moves origins as it would move numbers:
//
//     mov rdi, [rbp-8]      rdi holds what the word of the frame holds: "the result of the call at 0x1009"
//     call free@plt         noted: at 0x1016 a call of free's slot, its argument 0 that result; registers that the
//                           callee may change hold nothing any more, rax its result
//     mov [rbx+16], rax     noted: where rbx is parameter 0, 16 behind parameter 0 stands that result
//     add rax, 16           the same block, 16 behind its start: a header may stand there. Moved twice: anywhere
//     and rax, -8           the same block: programs keep marks in the low bits of pointers
//
// An instruction that is not known makes unknown what it writes. A half of a register is no pointer. Memory other than
// the frame is known by the pointer that leads there; see function_notes.h for what is kept of it. Which instruction
// comes next is function_reader.h's business.
#include "flow/machine.h"

#include <algorithm>

namespace crossheap::flow {

namespace {

// The low bits of a pointer, which programs keep marks in: with them or without, it is the same block.
constexpr std::int64_t kTagsAtMost = 16;
bool is_tag(const Step &step, std::int64_t least, std::int64_t most) {
  return step.operands[0].type == Operand::Type::Register && step.operands[0].size == 64 &&
         step.operands[1].type == Operand::Type::Immediate && step.operands[1].number >= least &&
         step.operands[1].number <= most;
}

bool is_null(Value value) {
  return !value.empty() && !value.partly_unknown() && std::all_of(value.begin(), value.end(), [](const Atom &atom) {
    return atom.kind == Atom::Kind::Constant && atom.value == 0;
  });
}

}  // namespace

void Machine::begin(CodeFunction &function, const Instructions &instructions) {
  function_ = &function;
  instructions_ = &instructions;
  notes_.begin(function);
  call_of_.assign(instructions.size(), 0);
}

void Machine::begin_block(const State &state) {
  state_ = state;
  outgoing_.clear();
}

std::array<Value, 16> Machine::set_null(int number) {
  const std::array<Value, 16> before = state_.registers;
  const Value pointer = reg(number);
  const Value null = values_.of(Atom{});
  for (Value &held : state_.registers)
    if (held == pointer && pointer.size() == 1 && !pointer.partly_unknown()) held = null;
  reg(number) = null;
  return before;
}

bool Machine::frame_is_gone() const {
  const Value rsp = state_.registers[kRsp];
  return std::any_of(rsp.begin(), rsp.end(),
                     [](const Atom &atom) { return atom.kind == Atom::Kind::Stack && atom.value == 0; });
}

Machine::Address Machine::address_of(const Step &step, const Operand &operand) {
  Address result;
  if (operand.far) return result;
  const std::int64_t displacement = operand.number;
  if (operand.of_code || !operand.based) {
    if (!operand.based && operand.indexed) return result;
    result.kind = Address::Kind::Data;
    result.address = static_cast<std::uint64_t>(displacement) + (operand.of_code ? step.address + step.length : 0);
    return result;
  }
  if (operand.general < 0) return result;
  // Of base and index one is a pointer, as a rule the base.
  const bool is_index = operand.index >= 0 && reg(operand.general).empty();
  const Value pointer = reg(is_index ? operand.index : operand.general);
  result.pointer = pointer;
  result.displacement = displacement;
  result.is_element = operand.indexed;
  for (const Atom &atom : pointer) {
    if (atom.kind == Atom::Kind::Stack && !atom.inside) {
      if (operand.indexed) return result;
      result.kind = Address::Kind::Frame;
      result.offset = static_cast<std::int64_t>(atom.value) + displacement;
      return result;
    }
    // The slot of a variable that this file defines itself holds its address, as a rule.
    if (atom.kind == Atom::Kind::Slot && !atom.inside && !operand.indexed)
      if (const auto own = code_.variable_behind(atom.value)) {
        result.kind = Address::Kind::Data;
        result.address = *own + static_cast<std::uint64_t>(displacement);
        return result;
      }
    if (atom.kind == Atom::Kind::GlobalAddress && !atom.inside) {
      result.kind = Address::Kind::Data;
      result.address = atom.value + static_cast<std::uint64_t>(displacement);
      return result;
    }
  }
  result.kind = Address::Kind::Behind;
  return result;
}

Value Machine::from_frame(std::int64_t offset) {
  if (const auto known = state_.frame.find(offset); known != state_.frame.end()) return known->second;
  // Above the return address stand the parameters that registers have no room for.
  constexpr std::int64_t kWord = sizeof(void *);
  if (offset >= kWord && offset <= kWord * static_cast<std::int64_t>(kAllArguments - kArguments) && offset % kWord == 0)
    return values_.of({.kind = Atom::Kind::Argument,
                       .index = static_cast<std::int8_t>(kArguments + static_cast<std::size_t>(offset / kWord) - 1)});
  // The nearest object below whose address was given away.
  Origins value;
  std::int64_t nearest = 0;
  for (auto at = state_.escapes.rbegin(); at != state_.escapes.rend(); at = std::next(at)) {
    if (at->offset > offset) continue;
    if (offset - at->offset >= kObjectAtMost || (value.begin() != value.end() && at->offset != nearest)) break;
    nearest = at->offset;
    value.add({.kind = Atom::Kind::Out,
               .index = at->argument,
               .at = static_cast<std::int16_t>(offset - at->offset),
               .value = at->site});
  }
  return values_.of(value);
}

Value Machine::from_data(std::uint64_t address) {
  if (code_.is_slot(address)) return values_.of({.kind = Atom::Kind::Slot, .value = address});
  Origins value;
  if (const auto pointer = code_.stored_by_loader().find(address); pointer != code_.stored_by_loader().end())
    value.add(code_.is_code(pointer->second) ? Atom{.kind = Atom::Kind::Function, .value = pointer->second}
                                             : Atom{.kind = Atom::Kind::GlobalAddress, .value = pointer->second});
  value.add({.kind = Atom::Kind::Global, .value = address});
  return values_.of(value);
}

// What stands `distance` behind an address that a pointer leads to.
Value Machine::behind(const Address &address, std::int64_t distance) {
  Origins origins;
  for (const Atom &atom : address.pointer)
    if (is_followed(atom.kind))
      // What an index leads to is an element of an array, and no node of a list.
      origins.add((address.is_element ? atom.moved_by(0, true) : atom).loaded(address.displacement + distance));
  return values_.of(origins);
}

Value Machine::read(const Step &step, const Operand &operand) {
  if (operand.type == Operand::Type::Register) {
    if (const int number = operand.general; number >= 0) {
      if (operand.size == 64) return reg(number);
      Origins constants;  // the half of a pointer is none
      for (const Atom &atom : reg(number))
        if (atom.kind == Atom::Kind::Constant) constants.add(atom);
      return values_.of(constants);
    }
    if (operand.vector >= 0) return state_.vector(operand.vector).low;
    return {};
  }
  if (operand.type == Operand::Type::Immediate)
    return values_.of({.kind = Atom::Kind::Constant, .value = static_cast<std::uint64_t>(operand.number)});
  if (operand.type != Operand::Type::Memory || operand.size < 64) return {};
  return word_at(address_of(step, operand), 0);
}

// The word `distance` behind an address.
Value Machine::word_at(const Address &address, std::int64_t distance) {
  if (address.kind == Address::Kind::Unknown) return {};
  if (address.kind == Address::Kind::Behind) return behind(address, distance);
  const Value value = address.kind == Address::Kind::Frame
                          ? from_frame(address.offset + distance)
                          : from_data(address.address + static_cast<std::uint64_t>(distance));
  return address.leads_elsewhere() ? values_.with(value, behind(address, distance)) : value;
}

void Machine::write(const Step &step, const Operand &operand, Value value) {
  if (operand.type == Operand::Type::Register) {
    if (const int number = operand.general; number >= 0) reg(number) = operand.size >= 32 ? value : Value();
    if (operand.vector >= 0) state_.set_vector(operand.vector, {value, {}});
    return;
  }
  if (operand.type != Operand::Type::Memory) return;
  const Address address = address_of(step, operand);
  if (operand.size >= 64)
    store(address, 0, value);
  else if (address.kind == Address::Kind::Frame)
    if (const auto known = state_.frame.find(address.offset); known != state_.frame.end()) known->second = {};
}

// A word that is `distance` behind an address is written.
void Machine::store(const Address &address, std::int64_t distance, Value value) {
  for (const Atom &atom : value) notes_.take_function(atom);
  if (address.kind == Address::Kind::Behind || address.kind == Address::Kind::Unknown) notes_.keep_results(value);
  if (address.kind == Address::Kind::Frame) put_in_frame(address.offset + distance, value);
  if (address.kind == Address::Kind::Data)
    notes_.store_globally(address.address + static_cast<std::uint64_t>(distance), value);
  if (address.kind != Address::Kind::Behind && !address.leads_elsewhere()) return;
  if (!is_null(value)) notes_.may_give(address.pointer);
  for (const Atom &atom : address.pointer) notes_.store_through(atom, address.displacement + distance, value);
}

void Machine::put_in_frame(std::int64_t offset, Value value) {
  notes_.may_give(value);
  state_.frame[offset] = value;
  outgoing_.push_back(offset);
}

void Machine::load_address(const Step &step) {
  const Operand &memory = step.operands[1];
  const int target = step.operands[0].general;
  if (target < 0) return;
  Value value;
  const Address address = address_of(step, step.operands[1]);
  switch (address.kind) {
    case Address::Kind::Frame:
      value = values_.of({.kind = Atom::Kind::Stack, .value = static_cast<std::uint64_t>(address.offset)});
      break;
    case Address::Kind::Data:
      value = code_of(address.address);
      break;
    case Address::Kind::Behind: {
      const bool moves = memory.indexed || memory.moved;
      Origins origins;
      for (const Atom &atom : address.pointer)
        if (atom.kind != Atom::Kind::Constant) origins.add(moves ? atom.moved_by(memory.number, memory.indexed) : atom);
      value = values_.of(origins);
      break;
    }
    case Address::Kind::Unknown:
      break;
  }
  reg(target) = value;
}

Value Machine::code_of(std::uint64_t address) {
  if (!code_.is_code(address)) return values_.of({.kind = Atom::Kind::GlobalAddress, .value = address});
  const Atom atom = code_.resolved(address);
  notes_.take_function(atom);
  return values_.of(atom);
}

// rsp and other pointers into the frame are moved by numbers; a pointer to a block that is moved is none any more.
void Machine::add_number(const Step &step, std::int64_t sign) {
  const int target = step.operands[0].type == Operand::Type::Register ? step.operands[0].general : -1;
  if (target < 0) return;
  Origins value;
  const bool is_number = step.operands[1].type == Operand::Type::Immediate;
  // A number is added to a pointer, or a pointer to a number.
  const bool is_other = sign > 0 && !is_number && reg(target).empty() && step.operands[1].general >= 0 &&
                        step.operands[1].type == Operand::Type::Register && step.operands[1].size == 64;
  for (Atom atom : reg(is_other ? step.operands[1].general : target)) {
    if (atom.kind == Atom::Kind::Constant) continue;
    if (atom.kind == Atom::Kind::Stack) {
      if (!is_number) continue;
      atom.value = static_cast<std::uint64_t>(static_cast<std::int64_t>(atom.value) + sign * step.operands[1].number);
    } else {
      atom = is_number  ? atom.moved_by(sign * step.operands[1].number, false)
             : sign > 0 ? atom.moved_by(0, true)
                        : atom.moved_anywhere();
    }
    value.add(atom);
  }
  reg(target) = values_.of(value);
}

void Machine::set_stack(std::int64_t offset) {
  reg(kRsp) = values_.of({.kind = Atom::Kind::Stack, .value = static_cast<std::uint64_t>(offset)});
}

void Machine::apply(const Step &step) {
  const auto &operands = step.operands;
  if (step.operand_count > 1 && (operands[0].vector >= 0 || operands[1].vector >= 0) && apply_vector(step)) return;
  switch (step.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVQ:
      // A sign-extended constant stored as 64 bits is what matters of immediates: null.
      write(step, operands[0], read(step, operands[1]));
      return;
    case ZYDIS_MNEMONIC_LEA:
      load_address(step);
      return;
    case ZYDIS_MNEMONIC_PXOR:
    case ZYDIS_MNEMONIC_XORPS:
    case ZYDIS_MNEMONIC_XORPD:  // how a structure is filled with null
    case ZYDIS_MNEMONIC_XOR:
      if (operands[0].type == Operand::Type::Register && operands[1].type == Operand::Type::Register &&
          operands[0].name == operands[1].name) {
        const Value null = values_.of(Atom{});
        write_words(step, operands[0], {null, null});
        return;
      }
      break;
    case ZYDIS_MNEMONIC_ADD:
      add_number(step, 1);
      return;
    case ZYDIS_MNEMONIC_SUB:
      add_number(step, -1);
      return;
    case ZYDIS_MNEMONIC_AND:
      if (operands[0].type == Operand::Type::Register && operands[0].general == kRsp) return;
      if (is_tag(step, -kTagsAtMost, -2)) return;
      break;
    case ZYDIS_MNEMONIC_MOVSQ:
      copy_words(sizeof(void *), kRcx);
      break;
    case ZYDIS_MNEMONIC_OR:
      if (is_tag(step, 1, kTagsAtMost - 1)) return;
      break;
    case ZYDIS_MNEMONIC_PUSH:
      if (operands[0].size >= 16) {
        const Value value = read(step, operands[0]);
        set_stack(state_.stack_offset() - 8);
        put_in_frame(state_.stack_offset(), value);
      }
      return;
    case ZYDIS_MNEMONIC_POP: {
      const Value value = from_frame(state_.stack_offset());
      set_stack(state_.stack_offset() + 8);
      write(step, operands[0], value);
      return;
    }
    case ZYDIS_MNEMONIC_LEAVE: {
      reg(kRsp) = reg(kRbp);
      reg(kRbp) = from_frame(state_.stack_offset());
      set_stack(state_.stack_offset() + 8);
      return;
    }
    case ZYDIS_MNEMONIC_XCHG: {
      const Value one = read(step, operands[0]);
      const Value other = read(step, operands[1]);
      write(step, operands[0], other);
      write(step, operands[1], one);
      return;
    }
    default:
      break;
  }
  if (step.category == ZYDIS_CATEGORY_CMOV) {
    write(step, operands[0], values_.joined(read(step, operands[0]), read(step, operands[1])));
    return;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(step.operand_count, operands.size()); ++i)
    if (operands[i].written && operands[i].type == Operand::Type::Register) write(step, operands[i], {});
}

}  // namespace crossheap::flow
