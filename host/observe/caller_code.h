// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The instructions around a call of one file, read backwards: x86-64 has no instruction boundaries to go back to.
//
// A stack says where a call returns to: 0x1016. The call is what ends there, and is found by trying the lengths that a
// call can have, the most usual first. What leads up to it is read from the beginning of the function where that is
// near. Else it is read from the earliest place from which decoding meets the call: wrong starts fall into step with
// the real instructions after a few of them.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "binding/object_file.h"

namespace crossheap::observe {

struct Decoded {
  std::uint64_t address = 0;
  ZydisDecodedInstruction instruction{};
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands{};
};

class CodeReader {
public:
  /// `file` must outlive this.
  explicit CodeReader(const binding::ObjectFile &file);

  /// The instruction at `address`; nullopt where there is none.
  std::optional<Decoded> at(std::uint64_t address) const;

  /// The call that returns to `address`.
  std::optional<Decoded> call_before(std::uint64_t address) const;

  /// The malloc-family function that a call or jump leads to through a slot, "" for none.
  std::string slot_behind(const Decoded &branch, int steps = 3) const;

  /// The instructions that lead up to `call`, from the beginning of its function where that is known and near, else
  /// from the earliest place from which they do.
  std::vector<Decoded> before(const Decoded &call, std::uint64_t function) const;

  /// Where the jumps among them lead.
  static std::set<std::uint64_t> targets_in(const std::vector<Decoded> &steps);

private:
  std::span<const std::byte> code_from(std::uint64_t address) const;

  const binding::ObjectFile &file_;
  ZydisDecoder decoder_{};
};

}  // namespace crossheap::observe
