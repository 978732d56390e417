// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Of all registers only the stack pointer and rbp are followed: compilers compute a frame's place from one of these
// two, whatever else they save. "The frame's place" is DWARF's CFA, the value of rsp before the call. For instance,
// behind the call in
//
//     f:   push rbp; mov rbp, rsp; sub rsp, 32; call malloc
//
// the information says: the frame's place is rbp + 16, rbp is saved 16 bytes below it, the return address 8 bytes below
// it. So a step is: place = rbp + 16; address = [place - 8]; rbp = [place - 16]; rsp = place.
//
// The loader's _dl_find_object names the table of the object, and a binary search finds the entry (FDE) for the
// address. The entry is a small program, which is run up to the address. The result is packed into 30 bits, a rule, and
// kept by address: the tables are read once for each place that a program calls from. What fits into no rule
// (expressions, a signal's frame) is read anew each time. Parts: rules, reading .eh_frame, its instructions, DWARF
// expressions, steps.
//
// Any unwinder in the process could be used instead. It costs a thousand instructions a frame, and would start from its
// own frame, which glibc 2.36 loses where there is a second audit module.
//
// Sources: System V ABI for AMD64 and the LSB's description of .eh_frame; DWARF 5, 6.4 (call frame information).
#include "agent/unwind.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "agent/loan.h"
#include "agent/memory.h"

namespace crossheap::agent::unwind {

namespace {

// --- Rules ---------------------------------------------------------------------------------------------------------

// A rule in 30 bits: kind (2) | the frame's place is counted from rbp (1) | rbp is saved (1) | bytes from there to the
// frame's place, in words (14) | words below the frame's place where rbp is saved (12).
// The return address is the word below the frame's place.
enum class Kind : std::uint64_t { Unknown, Plain, Outermost, Complex };
constexpr unsigned kOffsetBits = 14;
constexpr unsigned kSavedBits = 12;
constexpr unsigned kRuleBits = 2 + 1 + 1 + kOffsetBits + kSavedBits;
constexpr std::uint64_t kWord = sizeof(std::uint64_t);
constexpr std::uint64_t kLargestFrame = std::uint64_t{8} << 20;

struct Rule {
  Kind kind;
  bool from_frame_pointer = false;
  bool saves_frame_pointer = false;
  std::uint64_t words = 0;
  std::uint64_t saved_at = 0;
};

std::uint64_t pack(const Rule &rule) {
  return static_cast<std::uint64_t>(rule.kind) | std::uint64_t{rule.from_frame_pointer} << 2 |
         std::uint64_t{rule.saves_frame_pointer} << 3 | rule.words << 4 | rule.saved_at << (4 + kOffsetBits);
}
Rule unpack(std::uint64_t packed) {
  return {.kind = static_cast<Kind>(packed & 3),
          .from_frame_pointer = (packed & 4) != 0,
          .saves_frame_pointer = (packed & 8) != 0,
          .words = packed >> 4 & ((1u << kOffsetBits) - 1),
          .saved_at = packed >> (4 + kOffsetBits) & ((1u << kSavedBits) - 1)};
}

// By address, each entry one word, so that no lock is needed: the rule, and above it the bits of the address that its
// place in the table does not tell.
constexpr unsigned kIndexBits = 14;
constexpr std::size_t kRules = std::size_t{1} << kIndexBits;
static_assert(kRuleBits + 48 - kIndexBits <= 64);
std::uint64_t *rules;
bool any_rule;

std::size_t index_of(std::uint64_t address) { return (address ^ address >> kIndexBits) & (kRules - 1); }
std::uint64_t tag_of(std::uint64_t address) { return address >> kIndexBits << kRuleBits; }

// --- Reading .eh_frame ---------------------------------------------------------------------------------------------

/// Bytes of a loaded object. Reading past the end gives zeros and is remembered.
class Bytes {
public:
  Bytes() = default;
  Bytes(const std::uint8_t *begin, const std::uint8_t *end) : at_(begin), end_(end) {}

  const std::uint8_t *at() const { return at_; }
  bool done() const { return at_ >= end_; }
  bool good() const { return good_; }

  template <class T>
  T fixed() {
    T value{};
    if (static_cast<std::size_t>(end_ - at_) < sizeof value) {
      at_ = end_;
      good_ = false;
      return value;
    }
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::uint8_t byte() { return fixed<std::uint8_t>(); }

  std::uint64_t uleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      value |= std::uint64_t{part & 0x7fu} << shift;
      if ((part & 0x80) == 0) break;
    }
    return value;
  }
  std::int64_t sleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64;) {
      const std::uint8_t part = byte();
      value |= std::uint64_t{part & 0x7fu} << shift;
      shift += 7;
      if ((part & 0x80) != 0) continue;
      if ((part & 0x40) != 0 && shift < 64) value |= ~std::uint64_t{0} << shift;
      break;
    }
    return static_cast<std::int64_t>(value);
  }

  /// A DWARF block: its length, then its bytes.
  Bytes block() {
    const std::uint64_t length = uleb();
    const Bytes inside(at_, length <= static_cast<std::uint64_t>(end_ - at_) ? at_ + length : at_);
    if (inside.end_ == at_ && length != 0) good_ = false;
    at_ = inside.end_;
    return inside;
  }

  /// An encoded pointer (DW_EH_PE_*). Only what a section of a loaded object uses: absolute or relative to itself.
  std::uint64_t encoded(std::uint8_t encoding) {
    constexpr std::uint8_t kOmitted = 0xff;
    constexpr std::uint8_t kRelativeToItself = 0x10;
    if (encoding == kOmitted) return 0;
    // SAFETY: addresses as numbers.
    const auto here = reinterpret_cast<std::uint64_t>(at_);
    std::uint64_t value = 0;
    switch (encoding & 0x0f) {
      case 0x00:  // absptr
      case 0x04:  // udata8
      case 0x0c:  // sdata8
        value = fixed<std::uint64_t>();
        break;
      case 0x01:
        value = uleb();
        break;
      case 0x02:
        value = fixed<std::uint16_t>();
        break;
      case 0x03:
        value = fixed<std::uint32_t>();
        break;
      case 0x09:
        value = static_cast<std::uint64_t>(sleb());
        break;
      case 0x0a:
        value = static_cast<std::uint64_t>(std::int64_t{fixed<std::int16_t>()});
        break;
      case 0x0b:
        value = static_cast<std::uint64_t>(std::int64_t{fixed<std::int32_t>()});
        break;
      default:
        good_ = false;
    }
    return (encoding & 0x70) == kRelativeToItself ? value + here : value;
  }

private:
  const std::uint8_t *at_ = nullptr;
  const std::uint8_t *end_ = nullptr;
  bool good_ = true;
};

/// The entry (FDE) that stands for an address, with what it takes from its common entry (CIE).
struct Description {
  Bytes initial;       ///< instructions of the CIE
  Bytes instructions;  ///< and of the FDE
  std::uint64_t begin;
  std::uint64_t code_factor;
  std::int64_t data_factor;
  std::uint64_t return_column;
  bool signal_frame;
};

/// The part of an entry that follows its length; empty where there is none. Lengths of 64 bits are not used in objects.
Bytes body_of(const std::uint8_t *entry) {
  std::uint32_t length = 0;
  std::memcpy(&length, entry, sizeof length);
  if (length == 0 || length == UINT32_MAX) return {};
  return {entry + sizeof length, entry + sizeof length + length};
}

bool read_common(const std::uint8_t *entry, Description &description, std::uint8_t &encoding, bool &augmented) {
  Bytes in = body_of(entry);
  if (in.done() || in.fixed<std::uint32_t>() != 0) return false;
  const std::uint8_t version = in.byte();
  if (version != 1 && version != 3) return false;
  // SAFETY: a string that ends within the entry, as the bytes of it are read one by one below.
  const char *const augmentation = reinterpret_cast<const char *>(in.at());
  while (in.byte() != 0)
    if (!in.good()) return false;
  description.code_factor = in.uleb();
  description.data_factor = in.sleb();
  description.return_column = version == 1 ? in.byte() : in.uleb();
  encoding = 0;
  augmented = augmentation[0] == 'z';
  if (!augmented && augmentation[0] != 0) return false;
  if (augmented) {
    Bytes more = in.block();
    for (const char *letter = augmentation + 1; *letter != 0; ++letter) {
      if (*letter == 'R')
        encoding = more.byte();
      else if (*letter == 'P')
        more.encoded(more.byte());
      else if (*letter == 'L')
        more.byte();
      else if (*letter == 'S')
        description.signal_frame = true;
      else if (*letter != 'B')
        return false;
    }
  }
  description.initial = in;
  return in.good();
}

/// Of the sorted table in .eh_frame_hdr: the entry for the last function that begins at or before the address.
const std::uint8_t *search(const std::uint8_t *header, std::uint64_t address) {
  struct Row {
    std::int32_t function;  ///< both counted from the header
    std::int32_t entry;
  };
  constexpr std::uint8_t kSortedTable = 0x3b;  // sdata4, relative to the header: what every linker writes
  if (header[0] != 1 || header[3] != kSortedTable) return nullptr;
  constexpr std::size_t kAtMost = 24;  // the fixed bytes and two pointers of any encoding
  Bytes in(header + 4, header + 4 + kAtMost);
  in.encoded(header[1]);
  const std::uint64_t count = in.encoded(header[2]);
  // SAFETY: the table follows; its rows are aligned as the header is, to 4.
  const Row *const table = reinterpret_cast<const Row *>(in.at());
  const auto wanted = static_cast<std::int64_t>(address - reinterpret_cast<std::uint64_t>(header));
  const Row *const behind = std::upper_bound(table, table + count, wanted,
                                             [](std::int64_t place, const Row &row) { return place < row.function; });
  return !in.good() || behind == table ? nullptr : header + behind[-1].entry;
}

bool find_description(std::uint64_t address, Description &description) {
  dl_find_object object{};
  // SAFETY: the loader only compares the address.
  if (::_dl_find_object(reinterpret_cast<void *>(address), &object) != 0 || object.dlfo_eh_frame == nullptr)
    return false;
  const std::uint8_t *const entry = search(static_cast<const std::uint8_t *>(object.dlfo_eh_frame), address);
  if (entry == nullptr) return false;
  Bytes in = body_of(entry);
  const std::uint8_t *const common_field = in.at();
  const auto common = in.fixed<std::uint32_t>();
  std::uint8_t encoding = 0;
  bool augmented = false;
  if (common == 0 || !read_common(common_field - common, description, encoding, augmented)) return false;
  description.begin = in.encoded(encoding);
  const std::uint64_t length = in.encoded(encoding & 0x0f);
  if (augmented) in.block();
  description.instructions = in;
  return in.good() && address >= description.begin && address - description.begin < length;
}

// --- What the instructions say -------------------------------------------------------------------------------------

constexpr std::uint64_t kFramePointer = 6;  // DWARF's numbers of registers
constexpr std::uint64_t kStackPointer = 7;

/// Where a register of the caller is, or what it is.
struct Saved {
  enum class As : std::uint8_t { Same, Undefined, At, Value, AtExpression, ValueOfExpression, Lost } as;
  std::int64_t offset;  ///< from the frame's place
  Bytes expression;
};

struct Row {
  bool by_expression;
  std::uint64_t reg;  ///< the frame's place is this register and the offset, or an expression's value
  std::int64_t offset;
  Bytes expression;
  Saved frame_pointer;
  Saved return_address;
};

class Interpreter {
public:
  /// The row for `address`. False where the instructions make no sense or use what we do not know.
  bool run(const Description &description, std::uint64_t address, Row &row) {
    description_ = description;
    depth_ = 0;
    row_ = Row{};
    row_.frame_pointer.as = row_.return_address.as = Saved::As::Same;
    if (!run(description_.initial, UINT64_MAX)) return false;
    initial_ = row_;
    if (!run(description_.instructions, address)) return false;
    row = row_;
    return true;
  }

private:
  static constexpr std::size_t kDeepest = 8;

  /// Where a row says it of this column; null for the columns we do not follow.
  Saved *saved(Row &row, std::uint64_t column) const {
    if (column == kFramePointer) return &row.frame_pointer;
    return column == description_.return_column ? &row.return_address : nullptr;
  }
  void set(std::uint64_t column, Saved::As as, std::int64_t offset = 0, Bytes expression = {}) {
    if (Saved *const place = saved(row_, column)) *place = {as, offset, expression};
  }
  void restore(std::uint64_t column) {
    if (Saved *const place = saved(row_, column)) *place = *saved(initial_, column);
  }
  std::int64_t factored(std::uint64_t value) const {
    return static_cast<std::int64_t>(value) * description_.data_factor;
  }

  bool run(Bytes in, std::uint64_t address) {
    std::uint64_t here = description_.begin;
    while (!in.done() && here <= address) {
      const std::uint8_t opcode = in.byte();
      const std::uint8_t operand = opcode & 0x3f;
      std::uint64_t column = 0;
      switch (opcode & 0xc0) {
        case 0x40:  // advance_loc
          here += operand * description_.code_factor;
          continue;
        case 0x80:  // offset
          set(operand, Saved::As::At, factored(in.uleb()));
          continue;
        case 0xc0:  // restore
          restore(operand);
          continue;
        default:
          break;
      }
      switch (opcode) {
        case 0x00:  // nop
          break;
        case 0x02:  // advance_loc1, 2, 4
          here += in.byte() * description_.code_factor;
          break;
        case 0x03:
          here += in.fixed<std::uint16_t>() * description_.code_factor;
          break;
        case 0x04:
          here += in.fixed<std::uint32_t>() * description_.code_factor;
          break;
        case 0x05:  // offset_extended
          column = in.uleb();
          set(column, Saved::As::At, factored(in.uleb()));
          break;
        case 0x06:  // restore_extended
          restore(in.uleb());
          break;
        case 0x07:  // undefined
          set(in.uleb(), Saved::As::Undefined);
          break;
        case 0x08:  // same_value
          set(in.uleb(), Saved::As::Same);
          break;
        case 0x09:  // register: the value is in another one
          set(in.uleb(), Saved::As::Lost);
          in.uleb();
          break;
        case 0x0a:  // remember_state
          if (depth_ == kDeepest) return false;
          remembered_[depth_++] = row_;
          break;
        case 0x0b:  // restore_state
          if (depth_ == 0) return false;
          row_ = remembered_[--depth_];
          break;
        case 0x0c:  // def_cfa
          row_.by_expression = false;
          row_.reg = in.uleb();
          row_.offset = static_cast<std::int64_t>(in.uleb());
          break;
        case 0x0d:  // def_cfa_register
          row_.by_expression = false;
          row_.reg = in.uleb();
          break;
        case 0x0e:  // def_cfa_offset
          row_.offset = static_cast<std::int64_t>(in.uleb());
          break;
        case 0x0f:  // def_cfa_expression
          row_.by_expression = true;
          row_.expression = in.block();
          break;
        case 0x10:  // expression
          column = in.uleb();
          set(column, Saved::As::AtExpression, 0, in.block());
          break;
        case 0x11:  // offset_extended_sf
          column = in.uleb();
          set(column, Saved::As::At, in.sleb() * description_.data_factor);
          break;
        case 0x12:  // def_cfa_sf
          row_.by_expression = false;
          row_.reg = in.uleb();
          row_.offset = in.sleb() * description_.data_factor;
          break;
        case 0x13:  // def_cfa_offset_sf
          row_.offset = in.sleb() * description_.data_factor;
          break;
        case 0x14:  // val_offset
          column = in.uleb();
          set(column, Saved::As::Value, factored(in.uleb()));
          break;
        case 0x15:  // val_offset_sf
          column = in.uleb();
          set(column, Saved::As::Value, in.sleb() * description_.data_factor);
          break;
        case 0x16:  // val_expression
          column = in.uleb();
          set(column, Saved::As::ValueOfExpression, 0, in.block());
          break;
        case 0x2e:  // GNU_args_size
          in.uleb();
          break;
        case 0x2f:  // GNU_negative_offset_extended
          column = in.uleb();
          set(column, Saved::As::At, -factored(in.uleb()));
          break;
        default:
          return false;
      }
    }
    return in.good();
  }

  Description description_;
  Row row_;
  Row initial_;
  Row remembered_[kDeepest];
  std::size_t depth_ = 0;
};

/// 0 where it may not be read.
std::uint64_t load(const Frame &frame, std::uint64_t address) {
  const bool readable = address >= kPageBytes && address >= frame.begin && address < frame.end &&
                        frame.end - address >= sizeof(std::uint64_t);
  // SAFETY: certainly mapped, as whoever began the way says.
  return readable ? *reinterpret_cast<const std::uint64_t *>(address) : 0;
}

/// A DWARF expression as objects use them: in the entries of the PLT and of a signal's return. \param pushed  what
/// stands on the expression's stack at its begin. False where it uses anything else.
bool evaluate(Bytes in, const Frame &frame, const std::uint64_t *pushed, std::uint64_t &result) {
  constexpr std::size_t kRoom = 16;
  std::uint64_t stack[kRoom];
  std::size_t depth = 0;
  const auto push = [&](std::uint64_t value) {
    if (depth == kRoom) return false;
    stack[depth++] = value;
    return true;
  };
  const auto push_based_on = [&](std::uint64_t reg, std::int64_t offset) {
    constexpr std::uint64_t kInstructionPointer = 16;
    const auto distance = static_cast<std::uint64_t>(offset);
    if (reg == kFramePointer) return push(frame.frame_pointer + distance);
    if (reg == kStackPointer) return push(frame.stack + distance);
    return reg == kInstructionPointer && push(frame.address + distance);
  };
  if (pushed != nullptr) push(*pushed);
  while (!in.done()) {
    const std::uint8_t opcode = in.byte();
    if (opcode >= 0x70 && opcode <= 0x8f) {  // breg0 to breg31
      if (!push_based_on(opcode - 0x70u, in.sleb())) return false;
      continue;
    }
    if (opcode >= 0x30 && opcode <= 0x4f) {  // lit0 to lit31
      if (!push(opcode - 0x30u)) return false;
      continue;
    }
    if (opcode == 0x08) {  // const1u
      if (!push(in.byte())) return false;
      continue;
    }
    if (depth == 0) return false;
    std::uint64_t &top = stack[depth - 1];
    if (opcode == 0x06) {  // deref
      top = load(frame, top);
      continue;
    }
    if (opcode == 0x23) {  // plus_uconst
      top += in.uleb();
      continue;
    }
    if (depth < 2) return false;
    std::uint64_t &below = stack[depth - 2];
    switch (opcode) {
      case 0x1a:
        below &= top;
        break;
      case 0x1c:
        below -= top;
        break;
      case 0x22:
        below += top;
        break;
      case 0x24:
        below <<= top & 63;
        break;
      case 0x2a:  // ge
        below = static_cast<std::int64_t>(below) >= static_cast<std::int64_t>(top) ? 1 : 0;
        break;
      default:
        return false;
    }
    --depth;
  }
  if (depth == 0 || !in.good()) return false;
  result = stack[depth - 1];
  return true;
}

bool recover(const Saved &saved, const Frame &frame, std::uint64_t place, std::uint64_t same, std::uint64_t &value) {
  switch (saved.as) {
    case Saved::As::Same:
      value = same;
      return true;
    case Saved::As::At:
      value = load(frame, place + static_cast<std::uint64_t>(saved.offset));
      return true;
    case Saved::As::Value:
      value = place + static_cast<std::uint64_t>(saved.offset);
      return true;
    case Saved::As::AtExpression:
      if (!evaluate(saved.expression, frame, &place, value)) return false;
      value = load(frame, value);
      return true;
    case Saved::As::ValueOfExpression:
      return evaluate(saved.expression, frame, &place, value);
    default:
      return false;
  }
}

/// The address that the information is looked up for: a call may be the last instruction of its function.
std::uint64_t looked_up(const Frame &frame) { return frame.interrupted ? frame.address : frame.address - 1; }

/// The row of a frame, and what it takes to find it.
struct Reading {
  Description description;
  Row row;
  Interpreter interpreter;
};
Rooms<Reading> readings;

bool find_row(const Frame &frame, Reading &reading) {
  const std::uint64_t address = looked_up(frame);
  return find_description(address, reading.description) &&
         reading.interpreter.run(reading.description, address, reading.row);
}

/// Calls `with(reading)` with room for one.
template <class With>
[[gnu::noinline]] auto on_own_stack(With with) {
  Reading reading;
  return with(reading);
}
template <class With>
auto with_reading(With with) {
  const Loan<Reading> reading(readings);
  return reading ? with(*reading) : on_own_stack(with);
}

/// By the information as it is written, for what no rule can say.
[[gnu::noinline]] bool step_by_row(Frame &frame, Reading &reading) {
  const Description &description = reading.description;
  const Row &row = reading.row;
  if (!find_row(frame, reading)) return false;
  std::uint64_t place = 0;
  if (row.by_expression) {
    if (!evaluate(row.expression, frame, nullptr, place)) return false;
  } else {
    if (row.reg != kFramePointer && row.reg != kStackPointer) return false;
    place = (row.reg == kFramePointer ? frame.frame_pointer : frame.stack) + static_cast<std::uint64_t>(row.offset);
  }
  Frame next{.address = 0,
             .stack = place,
             .frame_pointer = 0,
             .interrupted = description.signal_frame,
             .begin = frame.begin,
             .end = frame.end};
  // Nobody's return address stays where it is: that would be a loop.
  if (row.return_address.as == Saved::As::Same || place % kWord != 0) return false;
  if (!recover(row.return_address, frame, place, 0, next.address)) return false;
  // A lost rbp is said to be 0: who needs it ends there.
  if (!recover(row.frame_pointer, frame, place, frame.frame_pointer, next.frame_pointer)) next.frame_pointer = 0;
  frame = next;
  return true;
}

[[gnu::noinline]] Rule rule_for(const Frame &frame, Reading &reading) {
  const Description &description = reading.description;
  const Row &row = reading.row;
  if (!find_row(frame, reading) || row.return_address.as == Saved::As::Undefined) return {.kind = Kind::Outermost};
  const Saved &saved = row.frame_pointer;
  const auto word = static_cast<std::int64_t>(kWord);
  const bool plain =
      !description.signal_frame && !row.by_expression && (row.reg == kFramePointer || row.reg == kStackPointer) &&
      row.offset > 0 && row.offset % word == 0 && row.offset / word < 1 << kOffsetBits &&
      row.return_address.as == Saved::As::At && row.return_address.offset == -word &&
      (saved.as == Saved::As::Same || (saved.as == Saved::As::At && saved.offset < 0 && saved.offset % word == 0 &&
                                       -saved.offset / word < 1 << kSavedBits));
  if (!plain) return {.kind = Kind::Complex};
  return {.kind = Kind::Plain,
          .from_frame_pointer = row.reg == kFramePointer,
          .saves_frame_pointer = saved.as == Saved::As::At,
          .words = static_cast<std::uint64_t>(row.offset / word),
          .saved_at = saved.as == Saved::As::At ? static_cast<std::uint64_t>(-saved.offset / word) : 0};
}

}  // namespace

bool start() {
  rules = static_cast<std::uint64_t *>(map_pages(kRules * sizeof(std::uint64_t), true));
  return rules != nullptr;
}

bool step(Frame &frame) {
  // An interrupted address and a return address that are the same number are not the same place.
  const std::uint64_t key = looked_up(frame);
  if (key >> 48 != 0) return false;
  std::uint64_t &known = rules[index_of(key)];
  std::uint64_t entry = __atomic_load_n(&known, __ATOMIC_RELAXED);
  constexpr std::uint64_t kRuleMask = (std::uint64_t{1} << kRuleBits) - 1;
  if ((entry & ~kRuleMask) != tag_of(key) || (entry & kRuleMask) == 0) {
    entry = tag_of(key) | pack(with_reading([&](Reading &reading) { return rule_for(frame, reading); }));
    __atomic_store_n(&any_rule, true, __ATOMIC_RELAXED);
    __atomic_store_n(&known, entry, __ATOMIC_RELAXED);
  }
  const Rule rule = unpack(entry & kRuleMask);
  if (rule.kind == Kind::Complex) return with_reading([&](Reading &reading) { return step_by_row(frame, reading); });
  if (rule.kind != Kind::Plain) return false;
  const std::uint64_t place = (rule.from_frame_pointer ? frame.frame_pointer : frame.stack) + rule.words * kWord;
  // Outwards is upwards, and not by more than a stack. Information that does not fit the code (assembly that uses rbp
  // for something else) may say anything, and is not followed.
  if (place <= frame.stack || place - frame.stack > kLargestFrame || place % kWord != 0) return false;
  frame.address = load(frame, place - kWord);
  if (rule.saves_frame_pointer) frame.frame_pointer = load(frame, place - rule.saved_at * kWord);
  frame.stack = place;
  frame.interrupted = false;
  return true;
}

// By writing: the program may have forbidden itself madvise by now.
void forget() {
  if (!__atomic_exchange_n(&any_rule, false, __ATOMIC_RELAXED)) return;
  for (std::size_t i = 0; i < kRules; ++i) __atomic_store_n(&rules[i], 0, __ATOMIC_RELAXED);
}

}  // namespace crossheap::agent::unwind
