// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The instructions of one function, decoded as far as they are followed: a sixth of what the decoder tells of each.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "elf/byte_view.h"

namespace crossheap::flow {

struct Operand {
  enum class Type : std::uint8_t { Other, Register, Memory, Immediate } type = Type::Other;
  std::uint16_t size = 0;
  bool written = false;
  bool far = false;      // memory behind FS or GS
  bool of_code = false;  // memory counted from RIP
  bool based = false;    // memory counted from a register, RIP among them
  bool indexed = false;
  bool moved = false;         // memory with a displacement
  std::int16_t general = -1;  // the register, or memory's base
  std::int16_t index = -1;    // memory's index where it counts single bytes
  std::int16_t vector = -1;
  std::uint16_t name = 0;   // of the register
  std::int64_t number = 0;  // the immediate, or memory's displacement
};

struct Step {
  std::uint64_t address = 0;
  std::uint64_t target = 0;  // of a jump or a call that names it
  ZydisMnemonic mnemonic = ZYDIS_MNEMONIC_INVALID;
  ZydisInstructionCategory category = ZYDIS_CATEGORY_INVALID;
  std::uint8_t length = 0;
  std::uint8_t operand_count = 0;
  bool has_target = false;
  std::array<Operand, 5> operands{};
};

class Instructions {
public:
  Instructions();

  /// Decodes the function that begins at `start`, of which `code` is the bytes. Ends early where something is no
  /// instruction.
  void decode(std::uint64_t start, const elf::ByteView &code, std::uint64_t size);

  std::size_t size() const noexcept { return steps_.size(); }
  const Step &operator[](std::size_t i) const { return steps_[i]; }
  std::size_t number_of(const Step &step) const noexcept { return static_cast<std::size_t>(&step - steps_.data()); }

  /// The step that begins at `address` of this function.
  std::optional<std::size_t> step_at(std::uint64_t address) const {
    const std::uint64_t offset = address - start_;
    if (address < start_ || offset >= index_of_.size() || index_of_[offset] == 0) return std::nullopt;
    return index_of_[offset] - 1;
  }

private:
  ZydisDecoder decoder_{};
  std::uint64_t start_ = 0;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> index_of_;  // one more than the number of the step that begins there; 0: none
};

}  // namespace crossheap::flow
