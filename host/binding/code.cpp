// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/code.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include "base/error.h"
#include "elf/relocations.h"

namespace crossheap::binding {

namespace {

constexpr std::uint64_t kCodeAtMost = std::uint64_t{12} << 20;
constexpr std::uint64_t kFunctionAtMost = std::uint64_t{64} << 10;

}  // namespace

void Origins::add(const Atom &atom) {
  if (std::find(begin(), end(), atom) != end()) return;
  if (count_ < kAtMost)
    atoms_[count_++] = atom;
  else
    partly_unknown_ = true;
}

void Origins::add(const Origins &other) {
  for (const Atom &atom : other) add(atom);
}

Values::Values() : table_(256), joined_(kJoinedAtMost) {}

void Values::begin_function() {
  for (const std::uint32_t place : used_) table_[place] = nullptr;
  used_.clear();
}

Value Values::of(const Atom &atom) { return find_or_keep(&atom, 1, false); }

Value Values::of(const Origins &origins) {
  return find_or_keep(origins.begin(), static_cast<std::size_t>(origins.end() - origins.begin()),
                      origins.partly_unknown());
}

Value Values::joined(Value one, Value other) {
  if (one == other) return one;
  const std::size_t hash = one.kept_->hash * std::size_t{31} + other.kept_->hash;
  Joined &last = joined_[hash % kJoinedAtMost];
  if (last.one == one && last.other == other) return last.result;
  Origins all;
  for (const Atom &atom : one) all.add(atom);
  for (const Atom &atom : other) all.add(atom);
  if (one.partly_unknown() || other.partly_unknown() || one.empty() != other.empty()) all.set_partly_unknown();
  last = {one, other, of(all)};
  return last.result;
}

Value Values::with(Value value, Value more) {
  if (value == more || more.empty()) return value;
  Origins all;
  for (const Atom &atom : value) all.add(atom);
  if (value.partly_unknown()) all.set_partly_unknown();
  for (const Atom &atom : more) all.add(atom);
  return of(all);
}

Value Values::find_or_keep(const Atom *first, std::size_t count, bool partly_unknown) {
  if (count == 0 && !partly_unknown) return {};
  std::uint64_t hash = count * 2 + (partly_unknown ? 1 : 0);
  for (const Atom *atom = first; atom != first + count; ++atom) {
    const std::uint64_t rest = static_cast<std::uint64_t>(atom->kind) | std::uint64_t{atom->inside} << 8 |
                               std::uint64_t{atom->interior} << 9 |
                               std::uint64_t{static_cast<std::uint8_t>(atom->index)} << 16 |
                               std::uint64_t{static_cast<std::uint16_t>(atom->offset)} << 24 |
                               std::uint64_t{static_cast<std::uint16_t>(atom->at)} << 40;
    hash = (hash ^ atom->value) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ hash >> 32 ^ rest) * 0xc2b2ae3d27d4eb4fU;
  }
  hash ^= hash >> 32;
  const auto short_hash = static_cast<std::uint32_t>(hash);
  std::size_t at = short_hash & (table_.size() - 1);
  for (; table_[at] != nullptr; at = (at + 1) & (table_.size() - 1)) {
    const Value known(table_[at]);
    if (known.kept_->hash == short_hash && known.kept_->count == count &&
        known.kept_->partly_unknown == partly_unknown && std::equal(known.begin(), known.end(), first))
      return known;
  }
  auto *const memory =
      static_cast<std::byte *>(memory_.allocate(sizeof(KeptOrigins) + count * sizeof(Atom), alignof(KeptOrigins)));
  const auto *const kept = new (memory) KeptOrigins{short_hash, static_cast<std::uint8_t>(count), partly_unknown};
  // SAFETY: there is room for `count` atoms behind it, aligned as they are.
  std::uninitialized_copy_n(first, count, reinterpret_cast<Atom *>(memory + sizeof(KeptOrigins)));
  table_[at] = kept;
  used_.push_back(static_cast<std::uint32_t>(at));
  if (used_.size() * 2 > table_.size()) grow();
  return Value(kept);
}

void Values::grow() {
  std::vector<const KeptOrigins *> all;
  for (const std::uint32_t place : used_) all.push_back(table_[place]);
  table_.assign(table_.size() * 2, nullptr);
  used_.clear();
  for (const KeptOrigins *const kept : all) {
    std::size_t at = kept->hash & (table_.size() - 1);
    while (table_[at] != nullptr) at = (at + 1) & (table_.size() - 1);
    table_[at] = kept;
    used_.push_back(static_cast<std::uint32_t>(at));
  }
}

const CallSite *CodeFunction::call_at(std::uint64_t address) const {
  const auto found = std::lower_bound(call_addresses.begin(), call_addresses.end(), address);
  if (found == call_addresses.end() || *found != address) return nullptr;
  return &calls[static_cast<std::size_t>(found - call_addresses.begin())];
}

Code::Code(const elf::File &file, const elf::DynamicSymbols &symbols) : file_(file), symbols_(symbols) {
  ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  std::uint64_t bytes = 0;
  for (const elf::Segment &segment : file.segments())
    if (segment.type == PT_LOAD && (segment.flags & PF_X) != 0) {
      bytes += segment.in_file.size;
      executable_.push_back({segment.in_memory.address, segment.in_file.size});
    }
  if (bytes > kCodeAtMost) {
    too_large_ = true;
    return;
  }
  read_slots();
  find_functions();
  follow_values();
  for (auto &[start, function] : functions_)
    for (CallSite &site : function.calls) site.number = call_count_++;
}

const CodeFunction *Code::function_at(std::uint64_t address) const {
  const auto found = functions_.find(address);
  return found == functions_.end() ? nullptr : &found->second;
}

std::string_view Code::slot_symbol(std::uint64_t address) const {
  const auto found = slots_.find(address);
  return found == slots_.end() ? std::string_view() : found->second;
}

const std::vector<std::pair<const CodeFunction *, Value>> &Code::stored_at(std::uint64_t address) const {
  static const std::vector<std::pair<const CodeFunction *, Value>> kNothing;
  const auto found = globals_.find(address);
  return found == globals_.end() ? kNothing : found->second;
}

std::uint64_t Code::function_stored_by_loader(std::uint64_t address) const {
  const auto found = relative_.find(address);
  return found != relative_.end() && is_code(found->second) ? found->second : 0;
}

std::string Code::text_at(std::uint64_t address) const {
  try {
    const std::string_view bytes = file_.from(address, "a text").text();
    const std::size_t end = bytes.substr(0, 256).find('\0');
    return end == std::string_view::npos ? std::string() : std::string(bytes.substr(0, end));
  } catch (const Error &) {
    return {};
  }
}

bool Code::is_code(std::uint64_t address) const {
  return std::any_of(executable_.begin(), executable_.end(), [&](const elf::AddressRange &range) {
    return address >= range.address && address - range.address < range.size;
  });
}

void Code::read_slots() {
  elf::Damage damage;  // told where the file is read
  for (const elf::RelocationTable &table : elf::relocation_tables(file_, damage))
    for (std::uint64_t i = 0; i < table.count(); ++i) {
      const elf::Relocation relocation = table[i];
      if (relocation.kind == elf::RelocationKind::Relative) {
        const auto target = static_cast<std::uint64_t>(relocation.addend);
        relative_.emplace(relocation.address, target);
        if (is_code(target)) address_taken_.insert(target);
        continue;
      }
      if (relocation.symbol == 0 || relocation.symbol >= symbols_.count()) continue;
      const elf::Symbol symbol = symbols_[relocation.symbol];
      if (relocation.kind == elf::RelocationKind::JumpSlot || relocation.kind == elf::RelocationKind::GlobDat ||
          relocation.kind == elf::RelocationKind::Absolute)
        slots_.emplace(relocation.address, symbol.name);
      if (relocation.kind == elf::RelocationKind::GlobDat && symbol.defined() && symbol.type == STT_OBJECT)
        variables_.emplace(relocation.address, symbol.value);
      if (relocation.kind != elf::RelocationKind::Absolute || !symbol.callable()) continue;
      slots_handed_out_.insert(relocation.address);
      if (symbol.defined()) address_taken_.insert(symbol.value);
    }
}

Atom Code::resolved(std::uint64_t address) {
  const auto [entry, is_new] = resolved_.try_emplace(address, Atom{.kind = Atom::Kind::Function, .value = address});
  if (!is_new || !is_code(address)) return entry->second;
  const elf::ByteView bytes = file_.from(address, "code");
  std::uint64_t offset = 0;
  for (int steps = 0; steps < 3; ++steps) {
    ZydisDecodedInstruction instruction;
    std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
    if (offset >= bytes.size() ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder_, bytes.bytes().data() + offset,
                                             std::min<std::uint64_t>(bytes.size() - offset, 15), &instruction,
                                             operands.data())))
      break;
    ZyanU64 target = 0;
    if (instruction.mnemonic == ZYDIS_MNEMONIC_JMP && operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY &&
        operands[0].mem.base == ZYDIS_REGISTER_RIP &&
        ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction, operands.data(), address + offset, &target))) {
      if (slots_.contains(target)) entry->second = {.kind = Atom::Kind::Slot, .value = target};
      break;
    }
    // mold tells the number of the symbol first, in r11.
    const bool is_number =
        instruction.mnemonic == ZYDIS_MNEMONIC_MOV && operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
        operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, operands[0].reg.value) == ZYDIS_REGISTER_R11;
    if (instruction.mnemonic != ZYDIS_MNEMONIC_ENDBR64 && !is_number) break;
    offset += instruction.length;
  }
  return entry->second;
}

// .eh_frame_hdr: a table of the start of every function that has unwind information, which on x86-64 is every one.
// Source: the LSB's chapter on exception frames. Only the encodings that linkers write are read.
void Code::find_by_unwind_tables(std::set<std::uint64_t> &starts) const {
  for (const elf::Segment &segment : file_.segments()) {
    if (segment.type != PT_GNU_EH_FRAME) continue;
    const elf::ByteView header = file_.at(segment.in_memory, ".eh_frame_hdr");
    constexpr std::uint8_t kPcRelative4 = 0x1b;
    constexpr std::uint8_t kUnsigned4 = 0x03;
    constexpr std::uint8_t kTableRelative4 = 0x3b;
    if (header.size() < 12 || header.read<std::uint8_t>(0) != 1 || header.read<std::uint8_t>(1) != kPcRelative4 ||
        header.read<std::uint8_t>(2) != kUnsigned4 || header.read<std::uint8_t>(3) != kTableRelative4)
      continue;
    const auto count = header.read<std::uint32_t>(8);
    for (std::uint64_t i = 0; i < count && 12 + i * 8 + 8 <= header.size(); ++i) {
      const auto distance = static_cast<std::int32_t>(header.read<std::uint32_t>(12 + i * 8));
      starts.insert(segment.in_memory.address + static_cast<std::uint64_t>(std::int64_t{distance}));
    }
  }
}

void Code::find_functions() {
  std::set<std::uint64_t> starts;
  try {
    find_by_unwind_tables(starts);
  } catch (const Error &) {
    // Damaged tables cost what they would have told.
  }
  const auto add_symbols = [&](const elf::SymbolTable &table) {
    for (std::uint32_t i = 1; i < table.count(); ++i) {
      const elf::Symbol symbol = table.nameless(i);
      if (symbol.defined() && symbol.type == STT_FUNC) starts.insert(symbol.value);
    }
  };
  add_symbols(symbols_.table());
  add_symbols(elf::static_symbols(file_));
  starts.insert(address_taken_.begin(), address_taken_.end());
  if (file_.header().entry != 0) starts.insert(file_.header().entry);
  std::erase_if(starts, [&](std::uint64_t start) { return !is_code(start); });
  for (auto at = starts.begin(); at != starts.end(); at = std::next(at)) {
    const auto next = std::next(at);
    std::uint64_t end = *at + file_.from(*at, "code").size();
    if (next != starts.end()) end = std::min(end, *next);
    end = std::min(end, *at + kFunctionAtMost);
    CodeFunction &function = functions_[*at];
    function.start = *at;
    function.end = end;
  }
}

}  // namespace crossheap::binding
