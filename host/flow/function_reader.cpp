// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A function is decoded once and cut into blocks at the targets of its branches. A block is run from the state in which
// it is reached: registers, the words of the frame, and which of them have been given away. Where two ways meet, a
// place holds what it holds on either:
//
//         test edi, edi
//         je   1f
//         call strdup@plt       rax: the result of strdup
//         jmp  2f
//     1:  call make_name        rax: the result of make_name
//     2:  mov  rdi, rax         reached twice: rax is the result of strdup or of make_name
//         call free@plt
//
// Where a register was tested and is null, it holds null: compilers use it again for what they know to be null.
//
// A block is run again when its state has grown, but a few times only, so loops settle. Calls, stores and results are
// noted on the way (machine.h).
//
// Some blocks are reached by no branch that is followed: cases of a switch, landing pads of exceptions. They are run at
// the end, with the frame of the code before them and unknown registers. Filling between blocks is never run: it would
// carry what registers happened to hold into the next block.
#include "flow/function_reader.h"

#include <algorithm>
#include <array>

namespace crossheap::flow {

namespace {

constexpr std::size_t kVisitsAtMost = 5;  // of one block: loops settle before

// The register of `test rax, rax`; -1 for another instruction.
int tested_for_null(const Step &step) {
  const auto is_register = [](const Operand &operand) {
    return operand.type == Operand::Type::Register && operand.size == 64;
  };
  const bool tests = step.mnemonic == ZYDIS_MNEMONIC_TEST && is_register(step.operands[0]) &&
                     is_register(step.operands[1]) && step.operands[0].general == step.operands[1].general;
  return tests ? step.operands[0].general : -1;
}

}  // namespace

void FunctionReader::read(CodeFunction &function) {
  function_ = &function;
  steps_.decode(function.start, file_.from(function.start, "code"), function.end - function.start);
  if (steps_.size() == 0) return;
  states_.assign(steps_.size(), nullptr);
  visits_.assign(steps_.size(), 0);
  waits_.assign(steps_.size(), false);
  visited_.assign(steps_.size(), false);
  machine_.begin(function, steps_);
  values_.begin_function();
  states_used_ = 0;
  State start;
  start.registers[kRsp] = values_.of({.kind = Atom::Kind::Stack});
  for (std::size_t i = 0; i < kArguments; ++i)
    start.registers[static_cast<std::size_t>(kArgumentRegisters[i])] =
        values_.of({.kind = Atom::Kind::Argument, .index = static_cast<std::int8_t>(i)});
  arrive(0, start);
  run();
  // Targets of jump tables and landing pads are reached in no way that is followed here: their frame is that of the
  // code before them, their registers are not known.
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    if (visited_[i] || is_padding(i) || !is_block_start(i)) continue;
    State state = state_before(i);
    for (const int reg : kCallerSaved) state.registers[static_cast<std::size_t>(reg)] = {};
    arrive(i, state);
    run();
  }
  std::sort(function.calls.begin(), function.calls.end(),
            [](const CallSite &one, const CallSite &other) { return one.address < other.address; });
  function.calls.shrink_to_fit();
  function.call_addresses.reserve(function.calls.size());
  for (const CallSite &site : function.calls) function.call_addresses.push_back(site.address);
}

// What fills the space between two blocks and is never run. Run all the same, it would lead what the registers
// happened to hold into the block behind it.
bool FunctionReader::is_padding(std::size_t i) const {
  return !visited_[i] && (steps_[i].mnemonic == ZYDIS_MNEMONIC_NOP || steps_[i].mnemonic == ZYDIS_MNEMONIC_INT3);
}

// The nearest block before step `i` that has its frame: behind the end of a function nothing is left of it.
const State &FunctionReader::state_before(std::size_t i) const {
  for (std::size_t before = i; before-- > 0;)
    if (states_[before] != nullptr && states_[before]->stack_offset() < 0) return *states_[before];
  return machine_.state();
}

bool FunctionReader::is_block_start(std::size_t i) const {
  while (i > 1 && is_padding(i - 1)) --i;
  switch (steps_[i - 1].category) {
    case ZYDIS_CATEGORY_UNCOND_BR:
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_CALL:
      return true;
    default:
      return visited_[i - 1];
  }
}

State *FunctionReader::new_state(const State &like) {
  if (states_used_ == pool_.size()) pool_.push_back(std::make_unique<State>());
  State *const state = pool_[states_used_++].get();
  *state = like;
  return state;
}

void FunctionReader::arrive(std::size_t i, const State &state) {
  if (states_[i] == nullptr)
    states_[i] = new_state(state);
  else if (visits_[i] >= kVisitsAtMost || !states_[i]->join(state, values_))
    return;
  ++visits_[i];
  if (waits_[i]) return;
  waits_[i] = true;
  waiting_.push_back(i);
}

void FunctionReader::run() {
  while (!waiting_.empty()) {
    const std::size_t at = waiting_.front();
    waiting_.pop_front();
    waits_[at] = false;
    machine_.begin_block(*states_[at]);
    follow(at);
  }
}

// Runs from step `i` to the end of its block.
void FunctionReader::follow(std::size_t i) {
  for (bool first = true; i < steps_.size(); ++i, first = false) {
    if (!first && states_[i] != nullptr) {
      arrive(i, machine_.state());
      return;
    }
    const Step &step = steps_[i];
    visited_[i] = true;
    switch (step.category) {
      case ZYDIS_CATEGORY_RET:
        machine_.return_to_caller();
        return;
      case ZYDIS_CATEGORY_UNCOND_BR:
        jump(step);
        return;
      case ZYDIS_CATEGORY_COND_BR:
        branch(i, first ? -1 : tested_for_null(steps_[i - 1]));
        return;
      case ZYDIS_CATEGORY_CALL:
        machine_.call(step);
        break;
      default:
        machine_.apply(step);
    }
    if (step.mnemonic == ZYDIS_MNEMONIC_UD2 || step.mnemonic == ZYDIS_MNEMONIC_HLT) return;
  }
}

// Blocks begin behind conditional jumps, so that what is joined stays small.
//
// \param tested  the register that is null on one of the two ways; -1 for none
void FunctionReader::branch(std::size_t i, int tested) {
  const bool there = tested >= 0 && steps_[i].mnemonic == ZYDIS_MNEMONIC_JZ;
  const bool here = tested >= 0 && steps_[i].mnemonic == ZYDIS_MNEMONIC_JNZ;
  if (there) {
    const std::array<Value, 16> before = machine_.set_null(tested);
    jump(steps_[i]);
    machine_.restore(before);
  } else {
    jump(steps_[i]);
  }
  if (here) machine_.set_null(tested);
  if (i + 1 < steps_.size()) arrive(i + 1, machine_.state());
}

void FunctionReader::jump(const Step &step) {
  if (step.has_target) {
    if (const auto inside = steps_.step_at(step.target)) {
      arrive(*inside, machine_.state());
      return;
    }
    if (step.target >= function_->start && step.target < function_->end) return;
    machine_.tail_call(step, values_.of(code_.resolved(step.target)));
    return;
  }
  const Value pointer = machine_.target_of(step);
  // Not a jump table: the frame is gone, or the target is a slot or something that was given.
  if (!pointer.empty() && machine_.frame_is_gone()) machine_.tail_call(step, pointer);
}

}  // namespace crossheap::flow
