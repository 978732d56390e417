// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the registers and the stack of a function may hold, instruction by instruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "elf/file.h"
#include "flow/code.h"
#include "flow/instructions.h"
#include "flow/machine.h"
#include "flow/machine_state.h"
#include "flow/values.h"

namespace crossheap::flow {

/// Follows the values of one function after the other; what it works with is used again.
class FunctionReader {
public:
  /// All must outlive this. What belongs to no single function goes to `notes`.
  FunctionReader(const elf::File &file, Code &code, Values &values, FileNotes &notes)
      : file_(file), code_(code), values_(values), machine_(code, values, notes) {}

  void read(CodeFunction &function);

private:
  bool is_padding(std::size_t i) const;
  bool is_block_start(std::size_t i) const;
  const State &state_before(std::size_t i) const;
  State *new_state(const State &like);
  void arrive(std::size_t i, const State &state);
  void run();
  void follow(std::size_t i);
  void branch(std::size_t i, int tested);
  void jump(const Step &step);

  const elf::File &file_;
  Code &code_;
  Values &values_;
  Machine machine_;
  Instructions steps_;
  CodeFunction *function_ = nullptr;
  std::vector<State *> states_;  // at the beginning of a block
  std::vector<std::unique_ptr<State>> pool_;
  std::size_t states_used_ = 0;
  std::vector<bool> visited_;  // steps that were run
  std::vector<std::uint8_t> visits_;
  std::deque<std::size_t> waiting_;
  std::vector<bool> waits_;
};

}  // namespace crossheap::flow
