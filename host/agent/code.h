// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes x86-64 machine code into a buffer that will run at another address (islands are written through one
// mapping state and run in another). Running out of room is remembered, not an error to be checked at each call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace crossheap::agent {

class Code {
public:
  /// \param to       where the bytes are written
  /// \param room     how many fit
  /// \param address  where the first of them will run
  Code(std::uint8_t *to, std::size_t room, std::uint64_t address) : to_(to), room_(room), address_(address) {}

  std::uint64_t here() const { return address_ + used_; }
  std::size_t used() const { return used_; }
  /// Whether everything fitted and every target was within reach.
  bool good() const { return good_; }

  void bytes(const void *from, std::size_t count) {
    if (count > room_ - used_) {
      good_ = false;
      return;
    }
    std::memcpy(to_ + used_, from, count);
    used_ += count;
  }
  /// Writes a byte again that is written already.
  void set_byte(std::size_t at, std::uint8_t value) {
    if (at < used_) to_[at] = value;
  }
  void op(std::initializer_list<std::uint8_t> opcode) { bytes(opcode.begin(), opcode.size()); }
  void imm32(std::uint32_t value) { bytes(&value, sizeof value); }
  void imm64(std::uint64_t value) { bytes(&value, sizeof value); }

  /// A 32-bit displacement to `target`, as the last four bytes of an instruction.
  void displacement_to(std::uint64_t target) { imm32(reach(target, here() + 4)); }

  void jump(std::uint64_t target) {
    op({0xe9});
    displacement_to(target);
  }
  /// jmp *[rip + ...], to where the word says.
  void jump_by(std::uint64_t word) {
    op({0xff, 0x25});
    displacement_to(word);
  }
  /// jmp *literal: reaches everywhere and changes no register. The literal is aligned, for programs that have alignment
  /// checked.
  void far_jump(std::uint64_t target) {
    op({0xff, 0x25});
    imm32(filling_at(here() + 4));
    fill_up();
    imm64(target);
  }
  /// How many bytes from `address` to where a literal is aligned, and as many bytes that nobody reads.
  static std::uint32_t filling_at(std::uint64_t address) { return static_cast<std::uint32_t>(-address % 8); }
  void fill_up() {
    for (std::uint32_t i = filling_at(here()); i != 0; --i) op({0});
  }

  /// The displacement from `next` (the address behind the instruction) to `target`.
  std::uint32_t reach(std::uint64_t target, std::uint64_t next) {
    const auto distance = static_cast<std::int64_t>(target - next);
    if (distance != static_cast<std::int32_t>(distance)) good_ = false;
    return static_cast<std::uint32_t>(distance);
  }

private:
  std::uint8_t *to_;
  std::size_t room_;
  std::uint64_t address_;
  std::size_t used_ = 0;
  bool good_ = true;
};

}  // namespace crossheap::agent
