// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What each instruction does to the values in registers, frame and memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "flow/code.h"
#include "flow/function_notes.h"
#include "flow/instructions.h"
#include "flow/machine_state.h"
#include "flow/values.h"

namespace crossheap::flow {

class Machine {
public:
  Machine(Code &code, Values &values, FileNotes &file) : code_(code), values_(values), notes_(values, file) {}

  /// Another function is run from now on. Both must outlive the run.
  void begin(CodeFunction &function, const Instructions &instructions);
  /// A block is run from here on.
  void begin_block(const State &state);
  const State &state() const noexcept { return state_; }

  /// What an instruction does that is neither jump, call nor return.
  void apply(const Step &step);
  void call(const Step &step);
  void return_to_caller();
  /// A jump that leaves the function, by calling another one; the state is what it was before, if it may not be taken.
  void tail_call(const Step &step, Value target);
  /// Where a jump or call leads that does not name its target.
  Value target_of(const Step &step) { return read(step, step.operands[0]); }
  /// The register is null, and so are those that hold the same pointer. \return what all registers held
  std::array<Value, 16> set_null(int number);
  void restore(const std::array<Value, 16> &registers) { state_.registers = registers; }
  /// Whether the frame is gone, as before a return.
  bool frame_is_gone() const;

private:
  // Where a memory operand is: a place in the frame, in data, or behind a value.
  struct Address {
    enum class Kind : std::uint8_t { Unknown, Frame, Data, Behind } kind = Kind::Unknown;
    std::int64_t offset = 0;        // in the frame
    std::uint64_t address = 0;      // in data
    std::int64_t displacement = 0;  // behind the pointer
    bool is_element = false;        // a number that is not known is added
    Value pointer;
    // A pointer may lead to a place that is known, and elsewhere: to the head of a list, and to its nodes.
    bool leads_elsewhere() const { return kind != Kind::Unknown && pointer.size() > 1; }
  };

  Value &reg(int number) { return state_.reg(number); }
  void join(Value &held, Value value) { held = values_.joined(held, value); }

  // Operands.
  Address address_of(const Step &step, const Operand &operand);
  Value from_frame(std::int64_t offset);
  Value from_data(std::uint64_t address);
  Value behind(const Address &address, std::int64_t distance);
  Value read(const Step &step, const Operand &operand);
  Words read_words(const Step &step, const Operand &operand);
  Value word_at(const Address &address, std::int64_t distance);
  void write(const Step &step, const Operand &operand, Value value);
  void write_words(const Step &step, const Operand &operand, const Words &words);
  void store(const Address &address, std::int64_t distance, Value value);
  void put_in_frame(std::int64_t offset, Value value);

  // Instructions.
  bool apply_vector(const Step &step);
  void load_address(const Step &step);
  Value code_of(std::uint64_t address);
  void add_number(const Step &step, std::int64_t sign);
  void set_stack(std::int64_t offset);
  void copy_words(std::int64_t unit, int count);

  // Calls: machine_calls.cpp.
  void record(const Step &step, Value target);
  void record_register_argument(CallSite &site, std::size_t i, bool is_new);
  void escape(std::int64_t offset, std::uint64_t site, std::size_t argument);
  void return_as(std::uint64_t site, Value target);
  Value result_of(std::uint64_t site, Value target);

  Code &code_;
  Values &values_;
  FunctionNotes notes_;
  const Instructions *instructions_ = nullptr;
  CodeFunction *function_ = nullptr;
  State state_;
  std::vector<std::uint32_t> call_of_;  // one more than the number of the call that the step is; 0: none
  // Where the frame was written since the last call, or the beginning of the block.
  std::vector<std::int64_t> outgoing_;
};

}  // namespace crossheap::flow
