// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An island is 320 bytes of code for one function. This is the one for glibc's `free`, in the fast form. The jump at
// the entry of `free` leads to "check":
//
//     slow:     test rdi, rdi; je resume          to release nothing is always right
//               mov r11, site; cmp byte [r11 + passes], 0; jne resume
//               jmp to entry.S, which calls the hook
//     resume:   the displaced instructions; jmp back into free
//     check:    the displaced instructions        only where they may run twice (is_repeatable)
//               compare the mark of the page of rdi with libc's
//               je back into free                 nearly every call
//               jmp slow
//
// Where the displaced instructions may not run twice, the check comes first, then `jne slow`, then the instructions.
// The preserving form has its slow side elsewhere and changes neither registers nor flags: what it needs stands below
// the stack pointer, in the red zone, which holds nothing at the entry of a function. Behind a gate (gates.h) an island
// begins with a jump by a word of memory.
//
// The check is written as bytes, with and without the instructions of BMI1 and BMI2. Both must agree with pages.h on
// kShift, kAddressBits and on kAlignment, whose low bits hold an operand of bextr.
#include "agent/island.h"

// The header is C's: g++ knows the name, clang does not.
#define _Bool bool
#include <sys/platform/x86.h>
#undef _Bool

#include "agent/pages.h"

namespace crossheap::agent {

namespace {

constexpr std::uint8_t kUnusedBits = 64 - pages::kAddressBits;  // of an address, at its top

// Checks: is the page of the block in rdi marked as this object's? The index of the table is bits 12 to 46 of the
// address; those above are left out, since a program may give its own release function a pointer with a tag, or -1.

/// The fast one, for a function whose callers rely on no register: leaves "equal" in the flags; changes rax and r11.
void write_check(Code &island, pages::Mark mark) {
  island.op({0x49, 0xbb});  // mov r11, the table
  if (CPU_FEATURE_ACTIVE(BMI1)) {
    // The lowest 16 bits of the table's address are free to say which bits are the index.
    constexpr std::uint32_t kBits = pages::kShift | (pages::kAddressBits - pages::kShift) << 8;
    static_assert(kBits < pages::kAlignment);
    island.imm64(pages::base() + kBits);
    island.op({0xc4, 0xe2, 0xa0, 0xf7, 0xc7});  // bextr rax, rdi, r11
    island.op({0x41, 0x80, 0xbc, 0x03});        // cmp byte [r11 + rax - kBits], mark
    island.imm32(-kBits);
    island.op({mark});
    return;
  }
  island.imm64(pages::base());
  island.op({0x48, 0x89, 0xf8});                               // mov rax, rdi
  island.op({0x48, 0xc1, 0xe0, kUnusedBits});                  // shl rax, 17
  island.op({0x48, 0xc1, 0xe8, kUnusedBits + pages::kShift});  // shr rax, 29
  island.op({0x41, 0x80, 0x3c, 0x03, mark});                   // cmp byte [r11 + rax], mark
}

/// A short jump forwards, to be completed where its target is.
class Forward {
public:
  Forward(Code &island, std::uint8_t opcode) : island_(island) {
    island.op({opcode, 0});
    after_ = island.used();
  }
  void here() { island_.set_byte(after_ - 1, static_cast<std::uint8_t>(island_.used() - after_)); }

private:
  Code &island_;
  std::size_t after_;
};

/// The preserving one: changes no register and no flag, and jumps to `slow` where the page is another's. What it needs
/// it puts into the red zone below the return address.
void write_preserving_check(Code &island, pages::Mark mark, std::uint64_t slow) {
  if (!CPU_FEATURE_ACTIVE(BMI2)) {
    island.op({0x9c, 0x50, 0x51});                               // pushfq; push rax; push rcx
    island.op({0x48, 0x89, 0xf9});                               // mov rcx, rdi
    island.op({0x48, 0xc1, 0xe1, kUnusedBits});                  // shl rcx, 17
    island.op({0x48, 0xc1, 0xe9, kUnusedBits + pages::kShift});  // shr rcx, 29
    island.op({0x48, 0xb8});                                     // mov rax, the table
    island.imm64(pages::base());
    island.op({0x80, 0x3c, 0x08, mark});  // cmp byte [rax + rcx], mark
    island.op({0x59, 0x58});              // pop rcx; pop rax
    Forward own(island, 0x74);            // je
    island.op({0x9d});                    // popfq
    island.jump(slow);
    own.here();
    island.op({0x9d});  // popfq
    return;
  }
  island.op({0x48, 0x89, 0x44, 0x24, 0xf8});  // mov [rsp - 8], rax
  island.op({0x48, 0x89, 0x4c, 0x24, 0xf0});  // mov [rsp - 16], rcx
  island.op({0xb8, kUnusedBits, 0, 0, 0});    // mov eax, 17
  island.op({0xc4, 0xe2, 0xf9, 0xf7, 0xcf});  // shlx rcx, rdi, rax
  island.op({0xb8, kUnusedBits + pages::kShift, 0, 0, 0});
  island.op({0xc4, 0xe2, 0xfb, 0xf7, 0xc9});  // shrx rcx, rcx, rax
  island.op({0x48, 0xb8});                    // mov rax, the table
  island.imm64(pages::base());
  island.op({0x0f, 0xb6, 0x0c, 0x08});        // movzx ecx, byte [rax + rcx]
  island.op({0x48, 0x8b, 0x44, 0x24, 0xf8});  // mov rax, [rsp - 8]
  island.op({0x48, 0x8d, 0x89});              // lea rcx, [rcx - mark]
  island.imm32(-std::uint32_t{mark});
  Forward own(island, 0xe3);      // jrcxz
  island.op({0x48, 0x89, 0xf9});  // mov rcx, rdi: releasing nothing is always right
  Forward nothing(island, 0xe3);
  island.op({0x48, 0x8b, 0x4c, 0x24, 0xf0});  // mov rcx, [rsp - 16]
  island.jump(slow);
  own.here();
  nothing.here();
  island.op({0x48, 0x8b, 0x4c, 0x24, 0xf0});
}

/// Into entry.S.
void write_way(Code &island, const Site &site, const Way &way) {
  // mov [rsp - 16], r11: the preserving form finds it there.
  static_assert(CROSSHEAP_RED_ZONE_R11 == 16);
  if (site.preserves != 0) island.op({0x4c, 0x89, 0x5c, 0x24, 0xf0});
  island.op({0x49, 0xbb});  // mov r11, site
  // SAFETY (both): machine code takes addresses as numbers.
  island.imm64(reinterpret_cast<std::uint64_t>(&site));
  island.far_jump(reinterpret_cast<std::uint64_t>(site.preserves != 0 ? way.preserving : way.fast));
}

/// The fast form's way into the hook, for a block that is not in the object's own memory. Releasing nothing is always
/// right, and a function that hands on is not judged.
bool write_slow_side(Code &island, const Site &site, const Way &way) {
  Forward nothing(island, (island.op({0x48, 0x85, 0xff}), 0x74));  // test rdi, rdi; je
  island.op({0x49, 0xbb});                                         // mov r11, site
  island.imm64(reinterpret_cast<std::uint64_t>(&site));
  island.op({0x41, 0x80, 0x7b, offsetof(Site, passes), 0});  // cmp byte [r11 + passes], 0
  Forward passes(island, 0x75);                              // jne
  island.far_jump(reinterpret_cast<std::uint64_t>(way.fast));
  nothing.here();
  passes.here();
  return island.good();
}

}  // namespace

namespace {

bool write_watched(Code &island, const Body &body, const Displacement &displacement, const Watching &how, Site &site,
                   std::uint64_t &start) {
  const auto displaced = [&] {
    site.resume = reinterpret_cast<const void *>(island.here());  // SAFETY: machine code
    return relocate(body, displacement, island);
  };
  start = island.here();
  if (!how.check) {
    if (how.enter.fast != nullptr) write_way(island, site, how.enter);
    return displaced();
  }
  const std::uint64_t slow = island.here();
  if (site.preserves != 0) {
    write_way(island, site, how.enter);
    if (!displaced()) return false;
    start = island.here();
    write_preserving_check(island, site.mark, slow);
    return relocate(body, displacement, island);
  }
  if (!write_slow_side(island, site, how.enter) || !displaced()) return false;

  start = island.here();
  if (is_repeatable(body, displacement)) {
    // Between the displaced instructions and the rest of the function, the check and the jump back are one branch.
    Displacement first = displacement;
    first.falls_through = false;
    if (!relocate(body, first, island)) return false;
    write_check(island, site.mark);
    island.op({0x0f, 0x84});  // je: behind the displaced instructions
    island.displacement_to(body.address + displacement.offset + displacement.length);
    island.jump(slow);
    return island.good();
  }
  write_check(island, site.mark);
  island.op({0x0f, 0x85});  // jne
  island.displacement_to(slow);
  return relocate(body, displacement, island);
}

}  // namespace

bool write_island(Code &island, const Body &body, const Displacement &displacement, const Watching &how, Site &site,
                  const Site &open, std::uint64_t &start) {
  if (!how.gate) return write_watched(island, body, displacement, how, site, start);
  // The way while the gate is closed comes right behind it, where it leads nearly always.
  const std::uint64_t opened = island.here();
  write_way(island, open, how.open);
  const std::uint64_t gate = island.here();
  island.jump_by(reinterpret_cast<std::uint64_t>(site.gate));  // SAFETY: an address as a number
  std::uint64_t closed = 0;
  if (!write_watched(island, body, displacement, how, site, closed)) return false;
  site.open = opened;
  *site.gate = closed;
  start = gate;
  return island.good();
}

}  // namespace crossheap::agent
