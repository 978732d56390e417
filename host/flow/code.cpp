// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions of a stripped file have no names, but their starts can be known. Three sources are joined: the sorted
// table of the unwind tables, the symbols, and addresses of code that the loader stores in data. A function ends where
// the next one begins. A start that none of the three tells of is read as a part of the function before it.
//
// A call of a function of another file goes through a stub, so its target is the stub until it is decoded:
//
//     call 0x1030
//     0x1030:  endbr64; jmp [rip + 0x2faa]        the slot at 0x3fe0, by whose relocation it is strdup's
//
// A slot is known by its relocation alone. Files with more than 12 MiB of code are not read.
#include "flow/code.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/error.h"
#include "elf/relocations.h"
#include "flow/function_reader.h"

namespace crossheap::flow {

namespace {

constexpr std::uint64_t kCodeAtMost = std::uint64_t{12} << 20;
constexpr std::uint64_t kFunctionAtMost = std::uint64_t{64} << 10;

}  // namespace

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
  FunctionReader reader(file_, *this, values_, notes_);
  for (auto &[start, function] : functions_) reader.read(function);
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
  const auto found = notes_.stored.find(address);
  return found == notes_.stored.end() ? kNothing : found->second;
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

std::optional<std::uint64_t> Code::variable_behind(std::uint64_t slot) const {
  const auto found = variables_.find(slot);
  return found == variables_.end() ? std::nullopt : std::optional(found->second);
}

void Code::read_slots() {
  elf::Damage damage;  // told where the file is read
  for (const elf::RelocationTable &table : elf::relocation_tables(file_, damage))
    for (std::uint64_t i = 0; i < table.count(); ++i) {
      const elf::Relocation relocation = table[i];
      if (relocation.kind == elf::RelocationKind::Relative) {
        const auto target = static_cast<std::uint64_t>(relocation.addend);
        relative_.emplace(relocation.address, target);
        if (is_code(target)) notes_.address_taken.insert(target);
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
      notes_.slots_handed_out.insert(relocation.address);
      if (symbol.defined()) notes_.address_taken.insert(symbol.value);
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
  starts.insert(notes_.address_taken.begin(), notes_.address_taken.end());
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

}  // namespace crossheap::flow
