// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the registers and the stack of a function may hold, instruction by instruction.
//
// A function is decoded once and cut into blocks at the targets of its branches. A block is run from the state in which
// it is reached: registers, the words of the frame, and which of them have been given away. Where two ways meet, a
// place holds what it holds on either. A block is run again when its state has grown, but a few times only, so loops
// settle. Calls, stores and results are noted on the way. Memory other than the frame is known by the pointer that
// leads there: "the word 8 behind the second argument".
#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

#include "allocator/libc_blocks.h"
#include "binding/code.h"

namespace crossheap::binding {

namespace {

constexpr std::size_t kWordsAtMost = 48;  // of one function, and of one call
constexpr std::size_t kVisitsAtMost = 5;  // of one block: loops settle before

// Registers by the numbers that instructions encode: rax rcx rdx rbx rsp rbp rsi rdi r8 ... r15.
constexpr int kRax = 0;
constexpr int kRcx = 1;
constexpr int kRdx = 2;
constexpr int kRsp = 4;
constexpr int kRbp = 5;
constexpr std::array<int, kArguments> kArgumentRegisters{7, 6, 2, 1, 8, 9};  // rdi rsi rdx rcx r8 r9
constexpr std::array<int, 9> kCallerSaved{0, 1, 2, 6, 7, 8, 9, 10, 11};      // rax rcx rdx rsi rdi r8-r11
constexpr std::int64_t kObjectAtMost = 64;  // how far behind its address a callee may write into the caller's frame

int general(ZydisRegister reg) {
  if (reg < ZYDIS_REGISTER_AL || reg > ZYDIS_REGISTER_R15) return -1;
  const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
  return whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15 ? whole - ZYDIS_REGISTER_RAX : -1;
}

int vector(ZydisRegister reg) {
  return reg >= ZYDIS_REGISTER_XMM0 && reg <= ZYDIS_REGISTER_XMM15 ? reg - ZYDIS_REGISTER_XMM0 : -1;
}

// Where a word stands that is `distance` behind a pointer that was moved by `offset` already.
std::int16_t moved(std::int16_t offset, std::int64_t distance) {
  const std::int64_t sum = offset + distance;
  return offset == Atom::kAnywhere || sum < -INT16_MAX || sum > INT16_MAX ? Atom::kAnywhere
                                                                          : static_cast<std::int16_t>(sum);
}

// Whether what stands behind a pointer from there can be told by the pointer.
bool is_followed(Atom::Kind kind) {
  return kind == Atom::Kind::Argument || kind == Atom::Kind::Result || kind == Atom::Kind::Out ||
         kind == Atom::Kind::Global || kind == Atom::Kind::Slot;
}

struct Escape {
  std::int64_t offset;
  std::uint64_t site;
  std::int8_t argument;
  auto operator<=>(const Escape &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

// A small sorted map in one piece of memory: it is copied at every branch.
class Frame {
public:
  using Entry = std::pair<std::int64_t, Value>;
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto end() { return entries_.end(); }
  auto lower_bound(std::int64_t offset) {
    return std::lower_bound(entries_.begin(), entries_.end(), offset,
                            [](const Entry &entry, std::int64_t wanted) { return entry.first < wanted; });
  }
  auto find(std::int64_t offset) {
    const auto at = lower_bound(offset);
    return at != entries_.end() && at->first == offset ? at : entries_.end();
  }
  Value &operator[](std::int64_t offset) {
    auto at = lower_bound(offset);
    if (at == entries_.end() || at->first != offset) at = entries_.insert(at, {offset, Value()});
    return at->second;
  }
  void insert(std::vector<Entry>::iterator before, std::int64_t offset, Value value) {
    entries_.insert(before, {offset, value});
  }

private:
  std::vector<Entry> entries_;
};

struct State {
  std::array<Value, 16> registers;
  std::array<Value, 16> vectors;
  Frame frame;
  std::vector<Escape> escapes;  // sorted

  Value vector(int number) const { return vectors[static_cast<std::size_t>(number)]; }
  void set_vector(int number, Value value) { vectors[static_cast<std::size_t>(number)] = value; }
  void forget_vectors() { vectors = {}; }

  bool add_escape(const Escape &escape) {
    const auto at = std::lower_bound(escapes.begin(), escapes.end(), escape);
    if (at != escapes.end() && *at == escape) return false;
    escapes.insert(at, escape);
    return true;
  }

  bool join(const State &other, Values &values) {
    bool changed = false;
    const auto join_one = [&](Value &held, Value value) {
      const Value both = values.joined(held, value);
      changed |= !(both == held);
      held = both;
    };
    for (std::size_t i = 0; i < registers.size(); ++i) join_one(registers[i], other.registers[i]);
    for (std::size_t i = 0; i < vectors.size(); ++i) join_one(vectors[i], other.vectors[i]);
    for (const auto &[offset, value] : other.frame) {
      const auto held = frame.lower_bound(offset);
      if (held != frame.end() && held->first == offset) {
        join_one(held->second, value);
      } else {
        frame.insert(held, offset, value);
        changed = true;
      }
    }
    for (const Escape &escape : other.escapes) changed |= add_escape(escape);
    return changed;
  }
};

// An instruction as far as it is followed: a sixth of what the decoder tells of it.
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
  bool visited = false;
  std::array<Operand, 5> operands{};
};

// Comparisons, and jumps whose target stands in the instruction, are a third of all code.
bool has_operands_that_matter(const ZydisDecodedInstruction &instruction) {
  return instruction.meta.category != ZYDIS_CATEGORY_COND_BR && instruction.mnemonic != ZYDIS_MNEMONIC_CMP &&
         instruction.mnemonic != ZYDIS_MNEMONIC_TEST && instruction.mnemonic != ZYDIS_MNEMONIC_NOP;
}

Operand operand_of(const ZydisDecodedOperand &decoded) {
  Operand operand;
  operand.size = decoded.size;
  operand.written = (decoded.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
  switch (decoded.type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
      operand.type = Operand::Type::Register;
      operand.name = static_cast<std::uint16_t>(decoded.reg.value);
      operand.general = static_cast<std::int16_t>(general(decoded.reg.value));
      operand.vector = static_cast<std::int16_t>(vector(decoded.reg.value));
      break;
    case ZYDIS_OPERAND_TYPE_MEMORY: {
      const auto &memory = decoded.mem;
      operand.type = Operand::Type::Memory;
      operand.far = memory.segment == ZYDIS_REGISTER_FS || memory.segment == ZYDIS_REGISTER_GS;
      operand.of_code = memory.base == ZYDIS_REGISTER_RIP;
      operand.based = memory.base != ZYDIS_REGISTER_NONE;
      operand.indexed = memory.index != ZYDIS_REGISTER_NONE;
      operand.moved = memory.disp.value != 0;
      operand.general = static_cast<std::int16_t>(general(memory.base));
      if (memory.scale == 1) operand.index = static_cast<std::int16_t>(general(memory.index));
      operand.number = memory.disp.has_displacement ? memory.disp.value : 0;
      break;
    }
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
      operand.type = Operand::Type::Immediate;
      operand.number = decoded.imm.value.s;
      break;
    default:
      break;
  }
  return operand;
}

}  // namespace

// Follows the values of one function after the other; what it works with is used again.
class FunctionReader {
public:
  explicit FunctionReader(Code &code) : code_(code), values_(code.values_) {}

  void read(CodeFunction &function) {
    function_ = &function;
    decode();
    if (steps_.empty()) return;
    states_.assign(steps_.size(), nullptr);
    visits_.assign(steps_.size(), 0);
    waits_.assign(steps_.size(), false);
    call_of_.assign(steps_.size(), 0);
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
      if (steps_[i].visited || is_padding(i) || !is_block_start(i)) continue;
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

private:
  void decode() {
    const std::uint64_t size = function_->end - function_->start;
    const elf::ByteView bytes = code_.file_.from(function_->start, "code");
    const auto *data = bytes.bytes().data();
    const std::uint64_t length = std::min<std::uint64_t>(size, bytes.size());
    steps_.clear();
    index_of_.assign(length, 0);
    std::uint64_t offset = 0;
    while (offset < length) {
      ZydisDecodedInstruction instruction;
      std::array<ZydisDecodedOperand, 5> operands;
      ZydisDecoderContext context;
      if (!ZYAN_SUCCESS(
              ZydisDecoderDecodeInstruction(&code_.decoder_, &context, data + offset, length - offset, &instruction)))
        return;
      const auto count = has_operands_that_matter(instruction) ? std::min<std::uint8_t>(instruction.operand_count, 5)
                                                               : std::uint8_t{0};
      if (count > 0 &&
          !ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&code_.decoder_, &context, &instruction, operands.data(), count)))
        return;
      Step &step = steps_.emplace_back();
      step.address = function_->start + offset;
      step.mnemonic = instruction.mnemonic;
      step.category = instruction.meta.category;
      step.length = instruction.length;
      step.operand_count = count;
      for (std::size_t i = 0; i < count; ++i) step.operands[i] = operand_of(operands[i]);
      ZyanU64 target = 0;
      if (instruction.meta.category == ZYDIS_CATEGORY_COND_BR) {
        step.has_target = true;
        step.target = step.address + step.length + static_cast<std::uint64_t>(instruction.raw.imm[0].value.s);
      } else if (count > 0 && operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                 ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction, operands.data(), step.address, &target))) {
        step.has_target = true;
        step.target = target;
      }
      index_of_[offset] = static_cast<std::uint32_t>(steps_.size());
      offset += instruction.length;
    }
  }

  // The step that begins at `address` of this function.
  std::optional<std::size_t> step_at(std::uint64_t address) const {
    const std::uint64_t offset = address - function_->start;
    if (address < function_->start || offset >= index_of_.size() || index_of_[offset] == 0) return std::nullopt;
    return index_of_[offset] - 1;
  }

  // What fills the space between two blocks and is never run. Run all the same, it would lead what the registers
  // happened to hold into the block behind it.
  bool is_padding(std::size_t i) const {
    return !steps_[i].visited &&
           (steps_[i].mnemonic == ZYDIS_MNEMONIC_NOP || steps_[i].mnemonic == ZYDIS_MNEMONIC_INT3);
  }

  // The nearest block before step `i` that has its frame: behind the end of a function nothing is left of it.
  const State &state_before(std::size_t i) {
    for (std::size_t before = i; before-- > 0;)
      if (states_[before] != nullptr && stack_offset_in(*states_[before]) < 0) return *states_[before];
    return state_;
  }

  bool is_block_start(std::size_t i) const {
    while (i > 1 && is_padding(i - 1)) --i;
    switch (steps_[i - 1].category) {
      case ZYDIS_CATEGORY_UNCOND_BR:
      case ZYDIS_CATEGORY_RET:
      case ZYDIS_CATEGORY_CALL:
        return true;
      default:
        return steps_[i - 1].visited;
    }
  }

  State *new_state(const State &like) {
    if (states_used_ == pool_.size()) pool_.push_back(std::make_unique<State>());
    State *const state = pool_[states_used_++].get();
    *state = like;
    return state;
  }

  void arrive(std::size_t i, const State &state) {
    if (states_[i] == nullptr)
      states_[i] = new_state(state);
    else if (visits_[i] >= kVisitsAtMost || !states_[i]->join(state, values_))
      return;
    ++visits_[i];
    if (waits_[i]) return;
    waits_[i] = true;
    waiting_.push_back(i);
  }

  void run() {
    while (!waiting_.empty()) {
      const std::size_t at = waiting_.front();
      waiting_.pop_front();
      waits_[at] = false;
      state_ = *states_[at];
      follow(at);
    }
  }

  // Runs from step `i` to the end of its block.
  void follow(std::size_t i) {
    outgoing_.clear();
    for (bool first = true; i < steps_.size(); ++i, first = false) {
      if (!first && states_[i] != nullptr) {
        arrive(i, state_);
        return;
      }
      Step &step = steps_[i];
      step.visited = true;
      switch (step.category) {
        case ZYDIS_CATEGORY_RET:
          join(function_->returns, reg(kRax));
          join(function_->returns_second, reg(kRdx));
          return;
        case ZYDIS_CATEGORY_UNCOND_BR:
          jump(step);
          return;
        case ZYDIS_CATEGORY_COND_BR:
          jump(step);
          break;
        case ZYDIS_CATEGORY_CALL:
          call(step);
          break;
        default:
          apply(step);
      }
      if (step.mnemonic == ZYDIS_MNEMONIC_UD2 || step.mnemonic == ZYDIS_MNEMONIC_HLT) return;
      // Blocks begin behind conditional jumps, so that what is joined stays small.
      if (step.category == ZYDIS_CATEGORY_COND_BR && i + 1 < steps_.size()) {
        arrive(i + 1, state_);
        return;
      }
    }
  }

  void join(Value &held, Value value) { held = values_.joined(held, value); }

  // What is reached through memory that `pointer` points to, `distance` behind it.
  Value behind(Value pointer, std::int64_t distance) {
    Origins origins;
    for (Atom atom : pointer) {
      if (!is_followed(atom.kind)) continue;
      // One step is followed word by word; what lies deeper only as being there.
      atom.offset = atom.inside ? Atom::kAnywhere : moved(atom.offset, distance);
      atom.inside = true;
      atom.interior = false;
      origins.add(atom);
    }
    return values_.of(origins);
  }

  // Notes that `value` stands in one of a few words that are kept.
  void note_in(std::vector<Word> &words, const Atom &base, std::int16_t offset, Value value) {
    for (Word &word : words)
      if (word.base == base && word.offset == offset) {
        word.value = values_.with(word.value, value);
        return;
      }
    if (words.size() < kWordsAtMost) words.push_back({base, offset, value});
  }

  Value &reg(int number) { return state_.registers[static_cast<std::size_t>(number)]; }

  void jump(const Step &step) {
    if (step.has_target) {
      if (const auto inside = step_at(step.target)) {
        arrive(*inside, state_);
        return;
      }
      if (step.target >= function_->start && step.target < function_->end) return;
      tail_call(step, values_.of(code_.resolved(step.target)));
      return;
    }
    const Value pointer = read(step, step.operands[0]);
    // Not a jump table: the frame is gone, or the target is a slot or something that was given.
    for (const Atom &atom : reg(kRsp))
      if (atom.kind == Atom::Kind::Stack && atom.value == 0 && !pointer.empty()) {
        tail_call(step, pointer);
        return;
      }
  }

  void tail_call(const Step &step, Value target) {
    if (step.category == ZYDIS_CATEGORY_COND_BR) {
      const State kept = state_;
      record(step, target);
      return_as(step.address, target);
      state_ = kept;
      return;
    }
    record(step, target);
    return_as(step.address, target);
  }

  void return_as(std::uint64_t site, Value target) {
    join(function_->returns, result_of(site, target));
    join(function_->returns_second, values_.of({.kind = Atom::Kind::Result, .index = 1, .value = site}));
  }

  // strcpy and its like return what they are given first.
  Value result_of(std::uint64_t site, Value target) {
    for (const Atom &atom : target)
      if (atom.kind == Atom::Kind::Slot && !atom.inside && returns_its_first_argument(code_.slot_symbol(atom.value)))
        return reg(kArgumentRegisters[0]);
    return values_.of({.kind = Atom::Kind::Result, .value = site});
  }

  void call(const Step &step) {
    const Value target = step.has_target ? values_.of(code_.resolved(step.target)) : read(step, step.operands[0]);
    record(step, target);
    const Value result = result_of(step.address, target);
    for (const Atom &atom : target)
      if (atom.kind == Atom::Kind::Slot && !atom.inside && copies_memory(code_.slot_symbol(atom.value)))
        copy_words(1, kRdx);
    outgoing_.clear();
    for (const int number : kCallerSaved) reg(number) = {};
    state_.forget_vectors();
    reg(kRax) = result;
    reg(kRdx) = values_.of({.kind = Atom::Kind::Result, .index = 1, .value = step.address});
  }

  void record(const Step &step, Value target) {
    std::uint32_t &number = call_of_[static_cast<std::size_t>(&step - steps_.data())];
    const bool is_new = number == 0;
    if (is_new) {
      function_->calls.emplace_back().address = step.address;
      number = static_cast<std::uint32_t>(function_->calls.size());
    }
    CallSite &site = function_->calls[number - 1];
    const auto merge = [&](Value &into, Value value) { into = is_new ? value : values_.joined(into, value); };
    merge(site.target, target);
    for (std::size_t i = 0; i < kArguments; ++i) {
      const Value argument = reg(kArgumentRegisters[i]);
      merge(site.arguments[i], argument);
      Origins inside;
      Value word;
      bool first = true;
      for (const Atom &atom : argument) {
        note_function(atom);
        if (atom.kind != Atom::Kind::Stack) continue;
        const auto offset = static_cast<std::int64_t>(atom.value);
        for (auto at = state_.frame.lower_bound(offset);
             at != state_.frame.end() && at->first < offset + kObjectAtMost / 2; at = std::next(at)) {
          // Only the first word is surely the object's; of others only what may be a block.
          if (first && at->first == offset) {
            word = at->second;
            inside = origins_of(word);
          } else {
            for (const Atom &held : at->second)
              if (held.kind == Atom::Kind::Result || held.kind == Atom::Kind::Out) inside.add(held);
          }
          first = false;
          note_word(site, static_cast<std::int8_t>(i), at->first - offset, at->second);
        }
      }
      merge(site.inside[i], values_.of(inside));
      merge(site.first[i], word);
    }
    std::array<Value, kAllArguments> arguments;
    for (std::size_t i = 0; i < kArguments; ++i) arguments[i] = reg(kArgumentRegisters[i]);
    // What was put at the end of the frame since the last call may be further arguments.
    if (step.category == ZYDIS_CATEGORY_CALL)
      for (std::size_t i = kArguments; i < kAllArguments; ++i) {
        const auto offset = stack_offset() + static_cast<std::int64_t>(sizeof(void *) * (i - kArguments));
        if (std::find(outgoing_.begin(), outgoing_.end(), offset) != outgoing_.end())
          arguments[i] = state_.frame[offset];
        merge(site.arguments[i], arguments[i]);
        for (const Atom &atom : arguments[i]) note_function(atom);
      }
    for (std::size_t i = 0; i < arguments.size(); ++i)
      for (const Atom &atom : arguments[i])
        if (atom.kind == Atom::Kind::Stack) escape(static_cast<std::int64_t>(atom.value), step.address, i);
  }

  static bool copies_memory(std::string_view name) {
    return name == "memcpy" || name == "memmove" || name == "__memcpy_chk" || name == "__memmove_chk";
  }

  // A structure of the frame that is copied behind a pointer: word by word, as if the code stored them.
  void copy_words(std::int64_t unit, int count) {
    constexpr std::int64_t kCopiedAtMost = 1024;
    std::int64_t size = kObjectAtMost;
    for (const Atom &atom : reg(count))
      if (atom.kind == Atom::Kind::Constant && atom.value <= static_cast<std::uint64_t>(kCopiedAtMost))
        size = static_cast<std::int64_t>(atom.value) * unit;
    const Value to = reg(kArgumentRegisters[0]);
    for (const Atom &from : reg(kArgumentRegisters[1])) {
      if (from.kind != Atom::Kind::Stack) continue;
      const auto start = static_cast<std::int64_t>(from.value);
      for (auto at = state_.frame.lower_bound(start);
           at != state_.frame.end() && at->first < start + std::min(size, kCopiedAtMost); at = std::next(at))
        for (const Atom &pointer : to) store_through(pointer, at->first - start, at->second);
    }
  }

  void store_through(const Atom &pointer, std::int64_t distance, Value value) {
    if (pointer.kind == Atom::Kind::Argument) store_behind(pointer.index, value);
    store_word(pointer, distance, value);
  }

  static Origins origins_of(Value value) {
    Origins origins;
    for (const Atom &atom : value) origins.add(atom);
    if (value.partly_unknown()) origins.set_partly_unknown();
    return origins;
  }

  void note_word(CallSite &site, std::int8_t argument, std::int64_t distance, Value value) {
    if (std::all_of(value.begin(), value.end(), [](const Atom &atom) {
          return atom.kind == Atom::Kind::Constant || atom.kind == Atom::Kind::Stack;
        }))
      return;
    note_in(site.words, {.kind = Atom::Kind::Argument, .index = argument}, static_cast<std::int16_t>(distance), value);
  }

  // The callee may store what it likes from `offset` of the frame on.
  void escape(std::int64_t offset, std::uint64_t site, std::size_t argument) {
    Atom out{.kind = Atom::Kind::Out, .index = static_cast<std::int8_t>(argument), .value = site};
    state_.add_escape({offset, site, out.index});
    Value &first = state_.frame[offset];
    first = values_.with(first, values_.of(out));
    for (auto at = state_.frame.lower_bound(offset + 1);
         at != state_.frame.end() && at->first < offset + kObjectAtMost / 2; at = std::next(at)) {
      if (!std::all_of(at->second.begin(), at->second.end(),
                       [](const Atom &atom) { return atom.kind == Atom::Kind::Constant; }))
        continue;
      out.at = static_cast<std::int16_t>(at->first - offset);
      at->second = values_.with(at->second, values_.of(out));
    }
  }

  void note_function(const Atom &atom) {
    if (atom.kind == Atom::Kind::Function) {
      code_.address_taken_.insert(atom.value);
      code_.taken_by_code_.insert(atom.value);
    }
    if (atom.kind == Atom::Kind::Slot && !atom.inside) code_.slots_handed_out_.insert(atom.value);
  }

  // Where a memory operand is: a place in the frame, in data, or behind a value.
  struct Address {
    enum class Kind : std::uint8_t { Unknown, Frame, Data, Behind } kind = Kind::Unknown;
    std::int64_t offset = 0;
    std::uint64_t address = 0;
    Value pointer;
  };

  Address address_of(const Step &step, const Operand &operand) {
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
    for (const Atom &atom : pointer) {
      if (atom.kind == Atom::Kind::Stack && !atom.inside) {
        if (operand.indexed) return result;
        result.kind = Address::Kind::Frame;
        result.offset = static_cast<std::int64_t>(atom.value) + displacement;
        return result;
      }
      // The slot of a variable that this file defines itself holds its address, as a rule.
      if (atom.kind == Atom::Kind::Slot && !atom.inside && !operand.indexed)
        if (const auto own = code_.variables_.find(atom.value); own != code_.variables_.end()) {
          result.kind = Address::Kind::Data;
          result.address = own->second + static_cast<std::uint64_t>(displacement);
          return result;
        }
      if (atom.kind == Atom::Kind::GlobalAddress && !atom.inside) {
        result.kind = Address::Kind::Data;
        result.address = atom.value + static_cast<std::uint64_t>(displacement);
        return result;
      }
    }
    result.kind = Address::Kind::Behind;
    result.offset = displacement;
    result.pointer = pointer;
    return result;
  }

  Value from_frame(std::int64_t offset) {
    if (const auto known = state_.frame.find(offset); known != state_.frame.end()) return known->second;
    // Above the return address stand the parameters that registers have no room for.
    constexpr std::int64_t kWord = sizeof(void *);
    if (offset >= kWord && offset <= kWord * static_cast<std::int64_t>(kAllArguments - kArguments) &&
        offset % kWord == 0)
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

  Value from_data(std::uint64_t address) {
    if (code_.slots_.contains(address)) return values_.of({.kind = Atom::Kind::Slot, .value = address});
    Origins value;
    if (const auto pointer = code_.relative_.find(address); pointer != code_.relative_.end())
      value.add(code_.is_code(pointer->second) ? Atom{.kind = Atom::Kind::Function, .value = pointer->second}
                                               : Atom{.kind = Atom::Kind::GlobalAddress, .value = pointer->second});
    value.add({.kind = Atom::Kind::Global, .value = address});
    return values_.of(value);
  }

  Value read(const Step &step, const Operand &operand) {
    if (operand.type == Operand::Type::Register) {
      if (const int number = operand.general; number >= 0) {
        if (operand.size == 64) return reg(number);
        Origins constants;  // the half of a pointer is none
        for (const Atom &atom : reg(number))
          if (atom.kind == Atom::Kind::Constant) constants.add(atom);
        return values_.of(constants);
      }
      if (operand.vector >= 0) return state_.vector(operand.vector);
      return {};
    }
    if (operand.type == Operand::Type::Immediate)
      return values_.of({.kind = Atom::Kind::Constant, .value = static_cast<std::uint64_t>(operand.number)});
    if (operand.type != Operand::Type::Memory || operand.size < 64) return {};
    const Address address = address_of(step, operand);
    switch (address.kind) {
      case Address::Kind::Frame: {
        const Value value = from_frame(address.offset);
        return operand.size == 128 ? values_.with(value, from_frame(address.offset + 8)) : value;
      }
      case Address::Kind::Data: {
        const Value value = from_data(address.address);
        return operand.size == 128 ? values_.with(value, from_data(address.address + 8)) : value;
      }
      case Address::Kind::Behind:
        return behind(address.pointer, address.offset);
      case Address::Kind::Unknown:
        break;
    }
    return {};
  }

  void write(const Step &step, const Operand &operand, Value value) {
    if (operand.type == Operand::Type::Register) {
      if (const int number = operand.general; number >= 0) reg(number) = operand.size >= 32 ? value : Value();
      if (operand.vector >= 0) state_.set_vector(operand.vector, value);
      return;
    }
    if (operand.type != Operand::Type::Memory) return;
    const Address address = address_of(step, operand);
    for (const Atom &atom : value) note_function(atom);
    if (address.kind == Address::Kind::Behind || address.kind == Address::Kind::Unknown)
      for (const Atom &atom : value)
        if (atom.kind == Atom::Kind::Result && atom.index == 0 && !atom.inside)
          function_->kept_results.insert(atom.value);
    switch (address.kind) {
      case Address::Kind::Frame:
        if (operand.size >= 64) {
          put_in_frame(address.offset, value);
          if (operand.size == 128) put_in_frame(address.offset + 8, value);
        } else if (const auto known = state_.frame.find(address.offset); known != state_.frame.end()) {
          known->second = {};
        }
        break;
      case Address::Kind::Data:
        if (operand.size >= 64) {
          store_globally(address.address, value);
          if (operand.size == 128) store_globally(address.address + 8, value);
        }
        break;
      case Address::Kind::Behind:
        if (operand.size < 64) break;
        for (const Atom &atom : address.pointer) {
          store_through(atom, address.offset, value);
          if (operand.size == 128) store_word(atom, address.offset + 8, value);
        }
        break;
      case Address::Kind::Unknown:
        break;
    }
  }

  void put_in_frame(std::int64_t offset, Value value) {
    state_.frame[offset] = value;
    outgoing_.push_back(offset);
  }

  void store_globally(std::uint64_t address, Value value) {
    if (value.empty()) return;
    for (const Atom &atom : value) function_->keeps_arguments |= atom.kind == Atom::Kind::Argument && !atom.interior;
    auto &stored = code_.globals_[address];
    for (auto &[function, held] : stored)
      if (function == function_) {
        join(held, value);
        return;
      }
    if (stored.size() < 16) stored.emplace_back(function_, value);
  }

  void store_behind(std::int8_t parameter, Value value) {
    const bool may_be_block = std::any_of(value.begin(), value.end(), [](const Atom &atom) {
      return atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out;
    });
    if (!may_be_block) return;
    for (auto &[index, held] : function_->stores)
      if (index == parameter) {
        held = values_.with(held, value);
        if (!held.partly_unknown()) return;
      }
    if (function_->stores.size() < 8) function_->stores.emplace_back(parameter, value);
  }

  // Fields of structures, where what stands in them may be a block, a function or a pointer that leads to such.
  void store_word(Atom base, std::int64_t distance, Value value) {
    if (base.inside || !is_followed(base.kind)) return;
    const bool may_matter = std::any_of(value.begin(), value.end(), [](const Atom &atom) {
      return atom.kind != Atom::Kind::Constant && atom.kind != Atom::Kind::Stack &&
             atom.kind != Atom::Kind::GlobalAddress && (!atom.interior || atom.is_behind_header());
    });
    const std::int16_t offset = moved(base.offset, distance);
    if (!may_matter || offset == Atom::kAnywhere) return;
    base.interior = false;
    base.offset = 0;
    note_in(function_->words, base, offset, value);
  }

  void load_address(const Step &step) {
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
        for (Atom atom : address.pointer) {
          if (atom.kind == Atom::Kind::Constant) continue;
          if (moves) move(atom, memory.indexed ? Atom::kAnywhere : memory.number);
          origins.add(atom);
        }
        value = values_.of(origins);
        break;
      }
      case Address::Kind::Unknown:
        break;
    }
    reg(target) = value;
  }

  Value code_of(std::uint64_t address) {
    if (!code_.is_code(address)) return values_.of({.kind = Atom::Kind::GlobalAddress, .value = address});
    const Atom atom = code_.resolved(address);
    note_function(atom);
    return values_.of(atom);
  }

  // A pointer that is moved once by a number leads to a place that is known.
  static void move(Atom &atom, std::int64_t distance) {
    if (!atom.inside)
      atom.offset = atom.interior || distance == Atom::kAnywhere ? Atom::kAnywhere : moved(atom.offset, distance);
    atom.interior = true;
  }

  // rsp and other pointers into the frame are moved by numbers; a pointer to a block that is moved is none any more.
  void add_number(const Step &step, std::int64_t sign) {
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
        move(atom, is_number ? sign * step.operands[1].number : Atom::kAnywhere);
      }
      value.add(atom);
    }
    reg(target) = values_.of(value);
  }

  std::int64_t stack_offset() { return stack_offset_in(state_); }

  static std::int64_t stack_offset_in(const State &state) {
    for (const Atom &atom : state.registers[kRsp])
      if (atom.kind == Atom::Kind::Stack) return static_cast<std::int64_t>(atom.value);
    return -(std::int64_t{1} << 20);
  }

  void set_stack(std::int64_t offset) {
    reg(kRsp) = values_.of({.kind = Atom::Kind::Stack, .value = static_cast<std::uint64_t>(offset)});
  }

  // The low bits of a pointer, which programs keep marks in: with them or without, it is the same block.
  static constexpr std::int64_t kTagsAtMost = 16;
  static bool is_tag(const Step &step, std::int64_t least, std::int64_t most) {
    return step.operands[0].type == Operand::Type::Register && step.operands[0].size == 64 &&
           step.operands[1].type == Operand::Type::Immediate && step.operands[1].number >= least &&
           step.operands[1].number <= most;
  }

  void apply(const Step &step) {
    const auto &operands = step.operands;
    switch (step.mnemonic) {
      case ZYDIS_MNEMONIC_MOV:
      case ZYDIS_MNEMONIC_MOVQ:
      case ZYDIS_MNEMONIC_MOVAPS:
      case ZYDIS_MNEMONIC_MOVUPS:
      case ZYDIS_MNEMONIC_MOVDQA:
      case ZYDIS_MNEMONIC_MOVDQU:
      case ZYDIS_MNEMONIC_MOVAPD:
      case ZYDIS_MNEMONIC_MOVUPD:
        // A sign-extended constant stored as 64 bits is what matters of immediates: null.
        write(step, operands[0], read(step, operands[1]));
        return;
      case ZYDIS_MNEMONIC_MOVHPS:
      case ZYDIS_MNEMONIC_PINSRQ:
      case ZYDIS_MNEMONIC_PUNPCKLQDQ: {
        const int target = operands[0].vector;
        if (operands[0].type != Operand::Type::Register || target < 0) break;
        state_.set_vector(target, values_.with(state_.vector(target), read(step, operands[1])));
        return;
      }
      case ZYDIS_MNEMONIC_LEA:
        load_address(step);
        return;
      case ZYDIS_MNEMONIC_PXOR:
      case ZYDIS_MNEMONIC_XORPS:
      case ZYDIS_MNEMONIC_XORPD:  // how a structure is filled with null
      case ZYDIS_MNEMONIC_XOR:
        if (operands[0].type == Operand::Type::Register && operands[1].type == Operand::Type::Register &&
            operands[0].name == operands[1].name) {
          write(step, operands[0], values_.of(Atom{}));
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
          set_stack(stack_offset() - 8);
          put_in_frame(stack_offset(), value);
        }
        return;
      case ZYDIS_MNEMONIC_POP: {
        const Value value = from_frame(stack_offset());
        set_stack(stack_offset() + 8);
        write(step, operands[0], value);
        return;
      }
      case ZYDIS_MNEMONIC_LEAVE: {
        reg(kRsp) = reg(kRbp);
        reg(kRbp) = from_frame(stack_offset());
        set_stack(stack_offset() + 8);
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

  Code &code_;
  Values &values_;
  CodeFunction *function_ = nullptr;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> index_of_;  // one more than the number of the step that begins there; 0: none
  std::vector<std::uint32_t> call_of_;   // one more than the number of the call that the step is; 0: none
  std::vector<State *> states_;          // at the beginning of a block
  std::vector<std::unique_ptr<State>> pool_;
  std::size_t states_used_ = 0;
  std::vector<std::uint8_t> visits_;
  std::deque<std::size_t> waiting_;
  std::vector<bool> waits_;
  State state_;
  std::vector<std::int64_t>
      outgoing_;  // where the frame was written since the last call, or the beginning of the block
};

void Code::follow_values() {
  FunctionReader reader(*this);
  for (auto &[start, function] : functions_) reader.read(function);
}

}  // namespace crossheap::binding
