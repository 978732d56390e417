// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/block_flow.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "allocator/families.h"
#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "base/error.h"
#include "binding/code.h"

namespace crossheap::binding {

namespace {

/// Of an argument: what is negative for none, or for the result, has been asked for before.
std::size_t as_index(std::int8_t argument) { return static_cast<unsigned char>(argument); }

// Limits. A file is read by one thread, its functions in the order of their addresses, so that the result is the same
// each time. A value that leads to too many places tells nothing, and is dropped without a word; where the limits of a
// whole file are reached, BlockFlow::cut_off says so.
constexpr int kCallsDeep = 6;                // how many calls within the file a value is followed through
constexpr std::size_t kEndsAtMost = 24;      // of one value
constexpr std::size_t kSinksAtMost = 24;     // of one function's parameters
constexpr std::size_t kFlowsAtMost = 20000;  // of one file
constexpr std::uint64_t kStepsAtMost = 4'000'000;
constexpr std::uint64_t kStepsOfQueryAtMost = 1000;
constexpr std::uint64_t kLooksAtMost = 2'000'000;  // into memory, of one file
constexpr std::size_t kHeldAtMost = 16;            // values in one place
constexpr std::size_t kCandidatesAtMost = 16;      // for the target of one call
constexpr std::size_t kCallersAtMost = 16;         // of one function that are asked what they give to it
constexpr std::int64_t kStructureAtMost = 512;     // how far behind its address a callee may fill one
constexpr std::uint64_t kAreaAtMost = 64;          // of an object that a function returns the address of

// libc releases for others what they give to it, with a function that they give to it.
struct HandedToLibc {
  std::string_view takes_function;
  std::string_view takes_block;
  std::int8_t function;   // the argument of takes_function
  std::int8_t parameter;  // of that function: the block
  std::int8_t block;      // the argument of takes_block
};
constexpr HandedToLibc kHandedToLibc[] = {
    {"__cxa_atexit", "__cxa_atexit", 0, 0, 1},
    {"__cxa_thread_atexit_impl", "__cxa_thread_atexit_impl", 0, 0, 1},
    {"on_exit", "on_exit", 0, 1, 1},
    {"pthread_key_create", "pthread_setspecific", 1, 0, 1},
    {"tdestroy", "tsearch", 1, 0, 0},
    {"tss_create", "tss_set", 1, 0, 1},
    {"pthread_create", "pthread_create", 2, 0, 3},
};

// The call by which a function was entered on the way to a value.
struct Entered {
  const CodeFunction *caller;
  const CallSite *site;
  const Entered *before;
};

// What a function does with one of its parameters.
struct Sink {
  std::int8_t parameter;
  bool inside;
  std::int16_t header;
  FlowEnd end;
  std::uint64_t site;
  auto operator<=>(const Sink &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

bool takes_block(const Function &function) {
  return function.role == Role::Release || function.role == Role::Resize || function.role == Role::InPlace ||
         function.role == Role::Query;
}

// A call that may be one of the malloc family, and whose function can be told: a plugin's own `malloc` that is looked
// up by a handle is another thing.
bool is_family_call(const FlowEnd &end) {
  return end.kind == FlowEnd::Kind::Slot || end.kind == FlowEnd::Kind::Own ||
         (end.kind == FlowEnd::Kind::Named && end.looked_up_in != LookedUpIn::Unknown);
}

bool is_call_out(FlowEnd::Kind kind) { return kind != FlowEnd::Kind::Function && kind != FlowEnd::Kind::Variable; }

class Reader {
public:
  Reader(const elf::File &file, const elf::DynamicSymbols &symbols, BlockFlow &result)
      : code_(file, symbols), result_(result) {
    const auto note = [&](const elf::SymbolTable &table, bool dynamic) {
      for (std::uint32_t i = 1; i < table.count(); ++i) {
        const elf::Symbol symbol = table.nameless(i);
        if (!symbol.defined()) continue;
        const std::string_view name = table.name_of(i);
        if (is_of_cxx_runtime(name) && !(dynamic && is_versioned(symbols, i))) note_of_runtime(symbol);
        if (dynamic && symbol.type == STT_OBJECT && !symbol.local())
          variables_.try_emplace(symbol.value, Variable{symbol.size, name});
        if (!symbol.callable()) continue;
        if (family_function(name) != nullptr) note_own(symbol.value, name);
        if (!dynamic || symbol.local()) continue;
        by_name_.emplace(name, symbol.value);
        if (symbol.visibility == STV_DEFAULT || symbol.visibility == STV_PROTECTED)
          exported_[symbol.value].emplace_back(name);
      }
    };
    note(symbols.table(), true);
    note(elf::static_symbols(file), false);
    for (std::uint32_t i = 1; i < symbols.count(); ++i)
      if (!symbols.table().nameless(i).defined() && libc_called(symbols.version(i).file) == Family::Glibc)
        of_libc_.insert(symbols.table().name_of(i));
  }

  void read() {
    if (code_.too_large()) {
      result_.why_not = "too large";
      return;
    }
    result_.read = true;
    targets_.resize(code_.call_count());
    note_memory();
    note_returned();
    find_reached();
    find_givers();
    for (const auto &[start, function] : code_.functions()) {
      if (own_.contains(start)) continue;  // what an allocator does inside is its own business
      for (const CallSite &site : function.calls) read_call(function, site);
    }
    propagate();
    read_handed_to_libc();
    read_destructors();
    for (const auto &[start, function] : code_.functions()) read_results(function);
    for (const auto &[address, variable] : variables_) read_variable(address, variable);
    for (const auto &[address, name] : returned_areas_) read_variable(address, {kAreaAtMost, name});
    for (const auto &[pointer, name] : returned_pointers_)
      if (const auto stored = stored_behind_.find(pointer); stored != stored_behind_.end())
        for (const auto &[writer, word] : stored->second) give_variable(*writer, word->value, name);
    for (const auto &[start, function] : code_.functions()) read_foreign_variables(function);
    read_given_memory();
    note_keepers();
    for (const Flow &flow : flows_)
      if (!hands_out_libc_block(flow.from.name) || may_run(flow.site)) result_.flows.push_back(flow);
    result_.relays.assign(relays_.begin(), relays_.end());
    result_.kept.assign(kept_.begin(), kept_.end());
    result_.own_called.assign(own_called_.begin(), own_called_.end());
    for (const std::uint64_t slot : code_.slots_handed_out())
      if (const std::string_view name = code_.slot_symbol(slot); family_function(name) != nullptr)
        result_.handed_out.push_back({.kind = FlowEnd::Kind::Slot, .address = slot, .name = std::string(name)});
    for (const auto &[address, name] : own_)
      if (code_.address_taken().contains(address))
        result_.handed_out.push_back({.kind = FlowEnd::Kind::Own, .address = address, .name = name});
    for (const auto &[start, function] : code_.functions()) note_passed(function);
    result_.looked_up.assign(looked_up_.begin(), looked_up_.end());
    result_.cut_off = steps_ > kStepsAtMost || looks_ > kLooksAtMost || flows_.size() >= kFlowsAtMost;
  }

private:
  // The C++ runtime's functions and tables of virtual functions, in a file that it was linked into: nobody but this
  // file's own code calls them. The runtime itself gives its symbols versions.
  static bool is_of_cxx_runtime(std::string_view name) {
    for (const std::string_view table : {"_ZTV", "_ZThn", "_ZTv0"})
      if (name.starts_with(table)) return is_in_std(name.substr(name.find_first_not_of("0123456789_n", table.size())));
    if (!name.starts_with("_ZN")) return name.starts_with("_ZSt");
    return is_in_std(name.substr(name.starts_with("_ZNK") ? 4 : 3));
  }
  static bool is_in_std(std::string_view name) {
    if (name.starts_with("N")) name.remove_prefix(name.starts_with("NK") ? 2 : 1);
    return name.starts_with("St") && !name.starts_with("St3__1");  // libc++, which has no versions
  }
  static bool is_versioned(const elf::DynamicSymbols &symbols, std::uint32_t i) {
    return !symbols.version(i).name.empty();
  }

  void note_of_runtime(const elf::Symbol &symbol) {
    if (symbol.callable())
      runtimes_functions_.insert(symbol.value);
    else if (symbol.type == STT_OBJECT)
      runtimes_tables_.emplace(symbol.value, symbol.size);
  }

  // Which functions run at all: what others may call, and what those call. A C++ runtime that was linked statically
  // brings functions that nobody needs.
  void find_reached() {
    if (runtimes_functions_.empty()) return;
    std::vector<std::uint64_t> waiting;
    const auto reach = [&](std::uint64_t address) {
      if (const CodeFunction *const function = code_.function_at(address);
          function != nullptr && reached_.insert(function->start).second)
        waiting.push_back(function->start);
    };
    for (const auto &[address, held] : code_.stored_by_loader()) {
      auto table = runtimes_tables_.upper_bound(address);
      const bool is_runtimes =
          table != runtimes_tables_.begin() && address - std::prev(table)->first < std::prev(table)->second;
      if (!is_runtimes && code_.address_taken().contains(held)) reach(held);
    }
    for (const auto &[address, names] : exported_)
      if (!runtimes_functions_.contains(address)) reach(address);
    for (const std::uint64_t taken : code_.taken_by_code()) reach(taken);
    // Whom nobody is seen to call, some table leads to.
    for (const auto &[start, function] : code_.functions())
      if (!callers_.contains(start) && !runtimes_functions_.contains(start) && !code_.address_taken().contains(start))
        reach(start);
    while (!waiting.empty()) {
      const CodeFunction *const function = code_.function_at(waiting.back());
      waiting.pop_back();
      for (const CallSite &site : function->calls) {
        if (const Target target = target_of(*function, site, nullptr, 0); target.local != nullptr)
          reach(target.local->start);
      }
    }
  }

  bool may_run(std::uint64_t address) const {
    if (runtimes_functions_.empty()) return true;
    const CodeFunction *const function = code_.function_at(address);
    return function == nullptr || reached_.contains(function->start);
  }

  // free, cfree, tc_free and __libc_free are often one address: it is called by the first of them in the ONE table.
  void note_own(std::uint64_t address, std::string_view name) {
    const auto [entry, is_new] = own_.emplace(address, name);
    if (!is_new && family_function(name) < family_function(entry->second)) entry->second = name;
  }

  struct Variable {
    std::uint64_t size;
    std::string_view name;
  };

  struct Target {
    FlowEnd::Kind kind = FlowEnd::Kind::Indirect;
    std::uint64_t address = 0;
    std::string_view name;
    const CodeFunction *local = nullptr;  // followed into
    bool of_libc = false;                 // a slot whose symbol is asked from libc by its version
    LookedUpIn looked_up_in = LookedUpIn::Unknown;

    bool is_known() const { return kind != FlowEnd::Kind::Indirect && (kind != FlowEnd::Kind::Named || !name.empty()); }

    FlowEnd end() const {
      FlowEnd end{.kind = kind, .address = address, .name = std::string(name), .looked_up_in = looked_up_in};
      if (kind == FlowEnd::Kind::Indirect || kind == FlowEnd::Kind::Named) end.address = 0;
      return end;
    }
  };

  // What a call leads to. \param context  how the calling function was entered, for names given to dlsym by a caller
  Target target_of(const CodeFunction &caller, const CallSite &site, const Entered *context, int depth) {
    // Only a name given to dlsym by a caller makes a difference.
    if (const std::optional<Target> &known = targets_[site.number];
        known && (context == nullptr || known->is_known() || !may_be_looked_up(site)))
      return *known;
    return find_target(caller, site, context, depth);
  }

  Target find_target(const CodeFunction &caller, const CallSite &site, const Entered *context, int depth) {
    std::optional<Target> &known = targets_[site.number];
    // What leads to itself is not known.
    if (context == nullptr) known.emplace();
    Target target;
    std::vector<Held> candidates;
    for (const Atom &atom : site.target) candidates.emplace_back(&caller, atom);
    for (std::size_t i = 0; i < candidates.size() && i < kCandidatesAtMost; ++i) {
      const auto [function, atom] = candidates[i];
      if (atom.is_behind_header()) continue;
      if (atom.inside) {
        add_contents(*function, atom, depth, candidates);
        continue;
      }
      if (atom.kind == Atom::Kind::Slot) {
        target = target_of_slot(atom.value);
        break;
      }
      if (atom.kind == Atom::Kind::Function) {
        target = target_of_address(atom.value);
        break;
      }
      if (atom.kind == Atom::Kind::Result) {
        if (const auto looked_up =
                looked_up_by(*function, atom.value, function == &caller ? context : nullptr, depth)) {
          target.kind = FlowEnd::Kind::Named;
          target.name = looked_up->name;
          target.looked_up_in = looked_up->in;
          break;
        }
      }
      if (atom.kind == Atom::Kind::Out || atom.kind == Atom::Kind::Global || atom.kind == Atom::Kind::Argument)
        add_contents(*function, atom, depth, candidates);
    }
    if (target.kind == FlowEnd::Kind::Indirect)
      for (const Atom &atom : site.target)
        if (target.name.empty()) target.name = root_of(caller, atom, depth);
    // What was asked for on the way to something else was not followed as far as it can be.
    if (context == nullptr) {
      if (depth == 0 || target.is_known())
        known = target;
      else
        known.reset();
    }
    return target;
  }

  static bool may_be_looked_up(const CallSite &site) {
    return std::any_of(site.target.begin(), site.target.end(),
                       [](const Atom &atom) { return atom.kind == Atom::Kind::Result && !atom.inside; });
  }

  // By which name the two sides came to share what `atom` holds: a table, an object, a call-back.
  std::string_view root_of(const CodeFunction &function, const Atom &atom, int depth) {
    if (depth > kCallsDeep) return {};
    switch (atom.kind) {
      case Atom::Kind::Argument: {
        const auto exported = exported_.find(function.start);
        return exported == exported_.end() ? std::string_view() : std::string_view(exported->second.front());
      }
      case Atom::Kind::Result:
      case Atom::Kind::Out: {
        if (const auto looked_up = looked_up_by(function, atom.value, nullptr, depth); looked_up)
          return looked_up->name;
        const CallSite *const found = function.call_at(atom.value);
        if (found == nullptr) return {};
        const Target target = target_of(function, *found, nullptr, depth + 1);
        return target.kind == FlowEnd::Kind::Function || target.kind == FlowEnd::Kind::Own || target.of_libc
                   ? std::string_view()
                   : target.name;
      }
      case Atom::Kind::Slot:
        // A pointer to a function that is a library's variable: xmlFree.
        return atom.inside && atom.offset == 0 ? code_.slot_symbol(atom.value) : std::string_view();
      case Atom::Kind::Global:
        for (const auto &[writer, value] : code_.stored_at(atom.value))
          for (const Atom &held : value)
            if (held.kind != Atom::Kind::Global)
              if (const std::string_view name = root_of(*writer, held, depth + 1); !name.empty()) return name;
        return {};
      default:
        return {};
    }
  }

  Target target_of_slot(std::uint64_t slot) {
    Target target;
    target.kind = FlowEnd::Kind::Slot;
    target.address = slot;
    target.name = code_.slot_symbol(slot);
    target.of_libc = of_libc_.contains(target.name);
    // A function of the file's own behind a slot is followed, but for the malloc family, whose binding is the question.
    if (family_function(target.name) == nullptr)
      if (const auto own = by_name_.find(std::string(target.name)); own != by_name_.end())
        return target_of_address(own->second);
    return target;
  }

  Target target_of_address(std::uint64_t address) {
    Target target;
    target.address = address;
    if (const auto own = own_.find(address); own != own_.end()) {
      target.kind = FlowEnd::Kind::Own;
      target.name = own->second;
      return target;
    }
    target.kind = FlowEnd::Kind::Function;
    target.local = code_.function_at(address);
    return target;
  }

  // What dlsym was asked for.
  struct LookedUp {
    std::string_view name;  // "" where it is not known
    LookedUpIn in = LookedUpIn::Unknown;
  };

  // What dlsym was given where the call at `address` is one, or leads to one.
  std::optional<LookedUp> looked_up_by(const CodeFunction &caller, std::uint64_t address, const Entered *context,
                                       int depth) {
    const CallSite *const found = caller.call_at(address);
    if (found == nullptr || depth > kCallsDeep) return std::nullopt;
    const Target target = target_of(caller, *found, nullptr, depth + 1);
    if (target.kind == FlowEnd::Kind::Slot && (target.name == "dlsym" || target.name == "dlvsym"))
      return LookedUp{text_of(found->arguments[1], context), place_of_handle(caller, found->arguments[0], depth)};
    if (target.local == nullptr) return std::nullopt;
    const Entered entered{&caller, found, context};
    for (const Atom &atom : target.local->returns)
      if (atom.kind == Atom::Kind::Result && !atom.inside)
        if (const auto looked_up = looked_up_by(*target.local, atom.value, &entered, depth + 1)) return looked_up;
    return std::nullopt;
  }

  LookedUpIn place_of_handle(const CodeFunction &function, const Value &handle, int depth) {
    LookedUpIn place = LookedUpIn::Unknown;
    for (const Atom &atom : handle) {
      LookedUpIn its = LookedUpIn::Unknown;
      if (atom.kind == Atom::Kind::Constant)
        its = atom.value == 0 ? LookedUpIn::Default : ~atom.value == 0 ? LookedUpIn::Next : LookedUpIn::Unknown;
      if (atom.kind == Atom::Kind::Result && !atom.inside)
        if (const CallSite *const opened = function.call_at(atom.value); opened != nullptr)
          if (const Target by = target_of(function, *opened, nullptr, depth + 1);
              by.kind == FlowEnd::Kind::Slot && by.name == "dlopen" &&
              libc_called(std::filesystem::path(text_in(opened->arguments[0])).filename().string()) != Family::Unknown)
            its = LookedUpIn::Libc;
      if (its == LookedUpIn::Unknown || (place != LookedUpIn::Unknown && place != its)) return LookedUpIn::Unknown;
      place = its;
    }
    return handle.partly_unknown() ? LookedUpIn::Unknown : place;
  }

  // The text that code gives as an argument; "" where it is not known.
  std::string text_in(const Value &value) const {
    for (const Atom &atom : value)
      if (atom.kind == Atom::Kind::GlobalAddress) return code_.text_at(atom.value);
    return {};
  }

  // ---- what stands in memory

  // A value, and the function in which it was seen.
  using Held = std::pair<const CodeFunction *, Atom>;

  // Adds what stands where `atom` was loaded from: in a field of a structure, behind an out parameter, in a variable.
  // Fields are told apart by who made the structure and by their offset; elements of an array are one.
  void add_contents(const CodeFunction &function, const Atom &atom, int depth, std::vector<Held> &held) {
    if (atom.inside) {
      if (atom.offset == Atom::kAnywhere || atom.interior) return;
      Atom base = atom;
      base.inside = false;
      base.offset = 0;
      add_field(function, base, atom.offset, depth, held);
    } else if (atom.kind == Atom::Kind::Out) {
      if (const CodeFunction *const callee = callee_at(function, atom.value, depth))
        add_stored_by(*callee, atom.index, atom.at, depth, held);
    } else if (atom.kind == Atom::Kind::Global) {
      add_word(atom.value, depth, held);
    } else if (atom.kind == Atom::Kind::Argument) {
      const auto callers = callers_.find(function.start);
      if (callers == callers_.end() || exported_.contains(function.start) || !may_look_on(depth, held)) return;
      for (const auto &[caller, site] : callers->second) hold(*caller, site->arguments[as_index(atom.index)], held);
    }
  }

  const CodeFunction *callee_at(const CodeFunction &function, std::uint64_t address, int depth) {
    const CallSite *const found = function.call_at(address);
    return found == nullptr ? nullptr : target_of(function, *found, nullptr, depth + 1).local;
  }

  bool may_look_on(int depth, const std::vector<Held> &held) {
    return depth <= kCallsDeep && held.size() < kHeldAtMost && ++looks_ <= kLooksAtMost;
  }

  static void hold(const CodeFunction &function, std::span<const Atom> value, std::vector<Held> &held) {
    if (held.capacity() == 0 && !value.empty()) held.reserve(kHeldAtMost / 2);
    for (const Atom &atom : value)
      if ((!atom.interior || atom.is_behind_header()) && atom.kind != Atom::Kind::Constant &&
          atom.kind != Atom::Kind::Stack && atom.kind != Atom::Kind::GlobalAddress &&
          std::find(held.begin(), held.end(), Held(&function, atom)) == held.end())
        held.emplace_back(&function, atom);
  }

  // What stands `offset` behind the pointer `base`, as `function` has it.
  void add_field(const CodeFunction &function, Atom base, std::int64_t offset, int depth, std::vector<Held> &held) {
    if (!may_look_on(depth, held)) return;
    if (base.inside || base.kind == Atom::Kind::Out || base.kind == Atom::Kind::Global) {
      // The pointer stands in memory itself.
      std::vector<Held> pointers;
      add_contents(function, base, depth + 1, pointers);
      for (const auto &[where, pointer] : pointers)
        if (pointer.kind != Atom::Kind::Slot && pointer.kind != Atom::Kind::Function && !(pointer == base))
          add_field(*where, pointer, offset, depth + 1, held);
      if (base.inside) return;
    }
    if (base.interior) {
      if (base.offset == Atom::kAnywhere) return;
      offset += base.offset;
      base.interior = false;
      base.offset = 0;
    }
    for (const Word &word : function.words)
      if (word.base == base && word.offset == offset) hold(function, word.value, held);
    switch (base.kind) {
      case Atom::Kind::Argument: {
        const auto callers = callers_.find(function.start);
        if (callers == callers_.end()) return;
        for (const auto &[caller, site] : callers->second) {
          for (const Word &word : site->words)
            if (word.base.index == base.index && word.offset == offset) hold(*caller, word.value, held);
          for (const Atom &given : site->arguments[as_index(base.index)])
            add_field(*caller, given, offset, depth + 1, held);
        }
        return;
      }
      case Atom::Kind::Stack:
        for (const CallSite &site : function.calls)
          for (std::size_t i = 0; i < kArguments; ++i)
            for (const Atom &given : site.arguments[i]) {
              if (given.kind != Atom::Kind::Stack) continue;
              const auto distance = static_cast<std::int64_t>(base.value - given.value) + offset;
              if (distance < 0 || distance > kStructureAtMost) continue;
              if (const CodeFunction *const callee = target_of(function, site, nullptr, depth + 1).local)
                add_stored_by(*callee, static_cast<std::int8_t>(i), distance, depth + 1, held);
            }
        return;
      case Atom::Kind::Result: {
        if (const CodeFunction *const callee = callee_at(function, base.value, depth))
          for (const Atom &returned : callee->returns) add_field(*callee, returned, offset, depth + 1, held);
        add_stored_by_callees(function, base, offset, depth, held);
        return;
      }
      case Atom::Kind::Global:
        if (const auto stored = stored_behind_.find(base.value); stored != stored_behind_.end())
          for (const auto &[writer, word] : stored->second)
            if (word->offset == offset) hold(*writer, word->value, held);
        return;
      case Atom::Kind::GlobalAddress:
        add_word(base.value + static_cast<std::uint64_t>(offset), depth + 1, held);
        return;
      default:
        return;
    }
  }

  // What the functions that `function` gives the pointer `base` to store behind it.
  void add_stored_by_callees(const CodeFunction &function, const Atom &base, std::int64_t offset, int depth,
                             std::vector<Held> &held) {
    looks_ += function.calls.size() / 8;
    const auto &pointers = pointers_given_by(function);
    const auto range = std::equal_range(pointers.begin(), pointers.end(), base, SamePointer{});
    for (auto given = range.first; given != range.second; ++given) {
      const std::int64_t behind = offset - given->atom.offset;
      if (const CodeFunction *const callee = target_of(function, *given->site, nullptr, depth + 1).local)
        add_stored_by(*callee, given->argument, behind, depth + 1, held);
      else if (behind >= 0 && behind < kStructureAtMost && may_fill(function, *given->site, depth))
        hold(function,
             std::array{Atom{.kind = Atom::Kind::Out,
                             .index = given->argument,
                             .at = static_cast<std::int16_t>(behind),
                             .value = given->site->address}},
             held);
    }
  }

  // A pointer that a function gives to one that it calls, `atom.offset` behind where it got it from.
  struct PointerGiven {
    Atom atom;
    const CallSite *site;
    std::int8_t argument;
  };
  // Orders pointers by where they are from.
  struct SamePointer {
    static auto key(const Atom &atom) { return std::tuple(atom.kind, atom.value, atom.index); }
    static auto key(const PointerGiven &given) { return key(given.atom); }
    template <typename One, typename Other>
    bool operator()(const One &one, const Other &other) const {
      return key(one) < key(other);
    }
  };

  // All of them, those from one place together and in the order of the calls.
  const std::vector<PointerGiven> &pointers_given_by(const CodeFunction &function) {
    const auto [entry, is_new] = pointers_given_.try_emplace(&function);
    if (!is_new) return entry->second;
    for (const CallSite &site : function.calls)
      for (std::size_t i = 0; i < kArguments; ++i)
        for (const Atom &given : site.arguments[i])
          if (!given.inside && given.offset != Atom::kAnywhere)
            entry->second.push_back({given, &site, static_cast<std::int8_t>(i)});
    std::stable_sort(entry->second.begin(), entry->second.end(), SamePointer{});
    return entry->second;
  }

  // Whether the call leads out of the file to somebody who may have blocks to give.
  bool may_fill(const CodeFunction &function, const CallSite &site, int depth) {
    const Target target = target_of(function, site, nullptr, depth + 1);
    return target.kind == FlowEnd::Kind::Named || target.kind == FlowEnd::Kind::Indirect ||
           (target.kind == FlowEnd::Kind::Slot && !target.of_libc && family_function(target.name) == nullptr);
  }

  // What `function` stores `offset` behind its parameter.
  void add_stored_by(const CodeFunction &function, std::int8_t parameter, std::int64_t offset, int depth,
                     std::vector<Held> &held) {
    if (!may_look_on(depth, held)) return;
    const Atom base{.kind = Atom::Kind::Argument, .index = parameter};
    for (const Word &word : function.words)
      if (word.base == base && word.offset == offset) hold(function, word.value, held);
    add_stored_by_callees(function, base, offset, depth + 1, held);
  }

  // What stands at an address of the file's data.
  void add_word(std::uint64_t address, int depth, std::vector<Held> &held) {
    if (!may_look_on(depth, held)) return;
    for (const auto &[writer, value] : code_.stored_at(address)) hold(*writer, value, held);
    // Whoever is given the address of a structure there may have filled it.
    for (auto at = given_away_.upper_bound(address); at != given_away_.begin();) {
      at = std::prev(at);
      const auto distance = static_cast<std::int64_t>(address - at->first);
      if (distance > kStructureAtMost) return;
      for (const Given &given : at->second)
        if (const CodeFunction *const callee = callee_at(*given.function, given.site, depth))
          add_stored_by(*callee, given.argument, distance, depth + 1, held);
    }
  }

  // Who calls whom directly, who is given which address, and what is stored behind pointers in variables.
  void note_memory() {
    for (const auto &[start, function] : code_.functions()) {
      for (const CallSite &site : function.calls) {
        for (const Atom &atom : site.target)
          if (atom.kind == Atom::Kind::Function && !atom.inside)
            if (auto &callers = callers_[atom.value]; callers.size() < kCallersAtMost)
              callers.emplace_back(&function, &site);
        for (std::size_t i = 0; i < kArguments; ++i)
          for (const Atom &given : site.arguments[i])
            if (given.kind == Atom::Kind::GlobalAddress && !given.inside)
              if (auto &places = given_away_[given.value]; places.size() < kCallersAtMost)
                places.push_back({&function, site.address, static_cast<std::int8_t>(i)});
      }
      for (const Word &word : function.words)
        if (word.base.kind == Atom::Kind::Global) stored_behind_[word.base.value].emplace_back(&function, &word);
    }
    // All targets now, each as the first question of its own. One that is asked for on the way to another has fewer
    // calls left to be followed through: the answer, and the report, would depend on who asked first.
    for (const auto &[start, function] : code_.functions())
      for (const CallSite &site : function.calls) target_of(function, site, nullptr, 0);
  }

  std::string_view text_of(const Value &value, const Entered *context) {
    for (const Atom &atom : value) {
      if (atom.kind == Atom::Kind::GlobalAddress) {
        std::string text = code_.text_at(atom.value);
        if (!text.empty()) {
          return *looked_up_.insert(std::move(text)).first;
        }
      }
      if (atom.kind == Atom::Kind::Argument && !atom.inside && context != nullptr)
        return text_of(context->site->arguments[as_index(atom.index)], context->before);
    }
    return {};
  }

  struct Query {
    std::vector<FlowEnd> ends;
    std::uint64_t steps = 0;
    std::int64_t moved = 0;  ///< how far the value that was asked for lies behind the one that is looked at
  };

  // Whether the query, or the file, has cost enough. A parameter that every function passes on to every other one (an
  // interpreter's state) leads everywhere, and says nothing.
  bool may_go_on(Query &query) {
    return query.ends.size() < kEndsAtMost && ++query.steps <= kStepsOfQueryAtMost && ++steps_ <= kStepsAtMost;
  }

  // Adds where `atom`, as `function` has it, may come from.
  void expand(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
              Query &query) {
    if (depth > kCallsDeep || !may_go_on(query)) return;
    if (atom.interior && !atom.inside && !inside) {
      expand_moved(function, atom, context, depth, query);
      return;
    }
    const bool within = atom.inside || inside;
    if (atom.inside || atom.kind == Atom::Kind::Out || atom.kind == Atom::Kind::Global)
      expand_contents(function, atom, inside, context, depth, query);
    switch (atom.kind) {
      case Atom::Kind::Argument:
        if (context != nullptr) {
          expand_argument(*context, as_index(atom.index), within, depth, query);
        } else {
          add(query, {.kind = FlowEnd::Kind::Function,
                      .index = atom.index,
                      .inside = within,
                      .address = function.start,
                      .name = {}});
        }
        return;
      case Atom::Kind::Result:
      case Atom::Kind::Out:
        expand_call(function, atom, within, context, depth, query);
        return;
      case Atom::Kind::Global:
        if (within)
          for (const auto &[writer, value] : code_.stored_at(atom.value))
            for (const Atom &held : value)
              if (held.kind != Atom::Kind::Global) expand(*writer, held, within, nullptr, depth + 1, query);
        if (const std::string_view variable = exported_variable_at(atom.value); !within && !variable.empty())
          add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(variable)});
        if (const std::string_view area = returned_area_at(atom.value); !within && !area.empty())
          add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(area)});
        if (const auto pointer = returned_pointers_.find(atom.value);
            atom.inside && !inside && pointer != returned_pointers_.end())
          add(query, {.kind = FlowEnd::Kind::Variable, .name = pointer->second});
        return;
      case Atom::Kind::Slot:
        if (within && family_function(code_.slot_symbol(atom.value)) == nullptr)
          add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(code_.slot_symbol(atom.value))});
        return;
      default:
        return;
    }
  }

  // A block that begins before what is handed around, as counted strings have a header there.
  void expand_moved(const CodeFunction &function, Atom atom, const Entered *context, int depth, Query &query) {
    const std::int64_t moved = query.moved;
    if (atom.offset == Atom::kAnywhere) return;
    query.moved += atom.offset;
    atom.interior = false;
    atom.offset = 0;
    if (std::abs(query.moved) <= Atom::kHeaderAtMost) expand(function, atom, false, context, depth, query);
    query.moved = moved;
  }

  // What was stored where `atom` was loaded from.
  void expand_contents(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
                       Query &query) {
    std::vector<Held> held;
    add_contents(function, atom, depth, held);
    for (const auto &[where, value] : held)
      if (!(where == &function && value == atom) && value.kind != Atom::Kind::Global)
        expand(*where, value, inside, where == &function ? context : nullptr, depth + 1, query);
  }

  void expand_argument(const Entered &context, std::size_t index, bool within, int depth, Query &query) {
    for (const Atom &given : context.site->arguments[index])
      if (given.kind != Atom::Kind::Stack) expand(*context.caller, given, within, context.before, depth + 1, query);
    if (within)
      for (const Atom &given : context.site->inside_of(index))
        expand(*context.caller, given, false, context.before, depth + 1, query);
  }

  void expand_call(const CodeFunction &function, const Atom &atom, bool within, const Entered *context, int depth,
                   Query &query) {
    const CallSite *const found = function.call_at(atom.value);
    if (found == nullptr || !may_go_on(query)) return;
    const CallSite &site = *found;
    const Target target = target_of(function, site, context, depth);
    const bool is_result = atom.kind == Atom::Kind::Result;
    const std::int8_t index = place_of(atom);
    // asprintf and its like store one word; what stands behind it in the frame is not theirs.
    if (!is_result && atom.at != 0 && (target.of_libc || family_function(target.name) != nullptr)) return;
    if (target.kind != FlowEnd::Kind::Function) {
      if (is_result && within && target.kind == FlowEnd::Kind::Slot && target.name.starts_with("dl"))
        if (const auto variable = looked_up_by(function, atom.value, context, depth);
            variable && !variable->name.empty())
          add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(variable->name)});
      if (is_result && within && target.kind == FlowEnd::Kind::Slot && !target.of_libc &&
          family_function(target.name) == nullptr)
        add(query, {.kind = FlowEnd::Kind::Variable, .name = returned_by(target.name)});
      FlowEnd end = target.end();
      end.index = index;
      end.inside = within;
      if (!is_result) end.from_null = may_be_null(site.inside_of(as_index(atom.index)));
      add(query, end);
      return;
    }
    if (target.local == nullptr) return;
    for (const Entered *at = context; at != nullptr; at = at->before)
      if (at->site == &site) return;  // recursion
    const Entered entered{&function, &site, context};
    if (is_result) {
      for (const Atom &returned : atom.index == 0 ? target.local->returns : target.local->returns_second)
        expand(*target.local, returned, within, &entered, depth + 1, query);
      return;
    }
    for (const auto &[parameter, value] : target.local->stores)
      if (parameter == atom.index)
        for (const Atom &stored : value) expand(*target.local, stored, within, &entered, depth + 1, query);
    // A function that only passes its parameter on lets another one store there.
    if (depth < kCallsDeep)
      for (const Passed &passed : passed_on_by(*target.local))
        if (passed.parameter == atom.index)
          expand_call(*target.local, {.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site}, within,
                      &entered, depth + 1, query);
  }

  // A parameter that a function hands on as it is.
  struct Passed {
    std::int8_t parameter;
    std::int8_t argument;
    std::uint64_t site;
  };

  const std::vector<Passed> &passed_on_by(const CodeFunction &function) {
    const auto [entry, is_new] = passed_.try_emplace(function.start);
    if (!is_new) return entry->second;
    for (const CallSite &site : function.calls)
      for (std::size_t i = 0; i < kArguments; ++i)
        for (const Atom &given : site.arguments[i])
          if (given.kind == Atom::Kind::Argument && !given.inside && !given.interior)
            entry->second.push_back({given.index, static_cast<std::int8_t>(i), site.address});
    return entry->second;
  }

  // Which functions may give a fresh block at all, so that only their results are followed.
  void find_givers() {
    const auto may_give = [&](const CodeFunction &function, const Value &value) {
      return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
        if (atom.kind == Atom::Kind::Global) return true;
        if (atom.kind != Atom::Kind::Result && atom.kind != Atom::Kind::Out) return false;
        return may_be_fresh(function, atom);
      });
    };
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto &[start, function] : code_.functions()) {
        if (gives_fresh_.contains(start)) continue;
        bool gives = may_give(function, function.returns) || may_give(function, function.returns_second);
        for (const auto &[parameter, value] : function.stores) gives = gives || may_give(function, value);
        for (const Passed &passed : passed_on_by(function))
          gives = gives ||
                  may_be_fresh(function, {.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site});
        if (gives) changed = gives_fresh_.insert(start).second || changed;
      }
    }
  }

  // Where a call leaves what `atom` stands for.
  static std::int8_t place_of(const Atom &atom) {
    if (atom.kind != Atom::Kind::Result) return atom.index;
    return atom.index == 0 ? FlowEnd::kResult : FlowEnd::kSecondResult;
  }

  bool may_be_fresh(const CodeFunction &function, const Atom &atom) {
    const CallSite *const found = function.call_at(atom.value);
    if (found == nullptr) return false;
    const Target target = target_of(function, *found, nullptr, 0);
    if (target.kind == FlowEnd::Kind::Function) return target.local != nullptr && gives_fresh_.contains(target.address);
    return is_family_call(target.end()) && is_fresh(target.name, place_of(atom));
  }

  static bool may_be_null(const Value &value) {
    if (value.empty()) return false;
    return std::any_of(value.begin(), value.end(), [](const Atom &atom) {
      return atom.kind == Atom::Kind::Constant && atom.value == 0 && !atom.inside;
    });
  }

  static void add(Query &query, FlowEnd end) {
    end.header = static_cast<std::int16_t>(-query.moved);
    if (std::find(query.ends.begin(), query.ends.end(), end) == query.ends.end()) query.ends.push_back(end);
  }

  // ---- the calls of one function

  void read_call(const CodeFunction &function, const CallSite &site) {
    const Target target = target_of(function, site, nullptr, 0);
    if (target.kind == FlowEnd::Kind::Function) return;
    if (target.kind == FlowEnd::Kind::Own) own_called_.emplace(target.name);
    FlowEnd end = target.end();
    if (is_family_call(end)) {
      if (const Function *known = family_function(target.name)) {
        if (takes_block(*known) && known->arguments.block >= 0) {
          end.index = known->arguments.block;
          sink(function, site, end, false);
        }
        return;
      }
      if (const LibcBlockFunction *libc = find_libc_block_function(target.name)) {
        if (may_run(function.start)) note_buffer(site, *libc);
        if ((libc->out >= 0 || is_kept(function, site)) && may_run(function.start)) kept_.emplace(target.name);
        if (libc->grows) {
          end.index = libc->out;
          sink(function, site, end, true);
        }
        return;
      }
    }
    if (target.of_libc) {  // what libc takes and keeps is in its tables
      end.index = 0;
      if (is_release(end)) sink(function, site, end, empties_structure(target.name));
      return;
    }
    read_functions_given(function, site, target);
    if (target.kind == FlowEnd::Kind::Slot) read_passed_on(function, site, target);
    for (std::size_t i = 0; i < kAllArguments; ++i) {
      end.index = static_cast<std::int8_t>(i);
      sink(function, site, end, false);
      end.inside = true;
      sink(function, site, end, true);
      end.inside = false;
    }
  }

  // What one library gave is given to another one: the block is of neither's caller.
  void read_passed_on(const CodeFunction &function, const CallSite &site, const Target &target) {
    FlowEnd to = target.end();
    for (std::size_t i = 0; i < kArguments; ++i)
      for (const Atom &atom : site.arguments[i]) {
        if (atom.kind != Atom::Kind::Result || atom.inside || atom.interior) continue;
        const CallSite *const maker = function.call_at(atom.value);
        if (maker == nullptr) continue;
        const Target from = target_of(function, *maker, nullptr, 0);
        if (from.kind != FlowEnd::Kind::Slot || from.of_libc || family_function(from.name) != nullptr) continue;
        to.index = static_cast<std::int8_t>(i);
        if (result_.passed_on.size() < kFlowsAtMost) result_.passed_on.insert({from.end(), to, site.address});
      }
  }

  // ---- functions that others are given

  // A call out of the file that is given functions which release, and those that allocate, of this file or imported.
  struct GivesFunctions {
    const CodeFunction *function;
    const CallSite *site;
    std::string name;
    bool has_releases;
  };

  // Another one's function that is given release functions: what it is given beside them, or what its result is given
  // later, goes there. Read when all of the file's own are known.
  void read_functions_given(const CodeFunction &function, const CallSite &site, const Target &target) {
    const auto is_function = [](const Value &value) {
      return std::any_of(value.begin(), value.end(), [](const Atom &atom) {
        return !atom.inside && !atom.interior && (atom.kind == Atom::Kind::Function || atom.kind == Atom::Kind::Slot);
      });
    };
    const bool has_functions = std::any_of(site.arguments.begin(), site.arguments.end(), is_function);
    const bool has_table =
        std::any_of(site.words.begin(), site.words.end(), [&](const Word &word) { return is_function(word.value); });
    const bool has_data = std::any_of(site.arguments.begin(), site.arguments.end(), [&](const Value &value) {
      return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
        return atom.kind == Atom::Kind::GlobalAddress && !atom.inside &&
               code_.function_stored_by_loader(atom.value) != 0;
      });
    });
    if (has_functions || has_table || has_data)
      calls_with_functions_.push_back({&function, &site, std::string(target.name), has_functions});
  }

  // The ends of the release functions that a call is given beside a block.
  std::set<FlowEnd> destructors_of(const CallSite &site) {
    std::set<FlowEnd> ends;
    for (const Value &argument : site.arguments) {
      ends.merge(releases_of(argument, 0));
      // One of another library: it takes back what it gave.
      for (const Atom &atom : argument)
        if (atom.kind == Atom::Kind::Slot && !atom.inside && !atom.interior)
          if (const Target target = target_of_slot(atom.value);
              target.kind == FlowEnd::Kind::Slot && !target.of_libc && family_function(target.name) == nullptr) {
            FlowEnd end = target.end();
            end.index = 0;
            ends.insert(std::move(end));
          }
    }
    return ends;
  }

  // By what a container is known: the calls that returned it.
  std::set<std::uint64_t> containers_in(const CodeFunction &function, const Value &value) {
    std::set<std::uint64_t> calls;
    std::vector<Held> held;
    for (const Atom &atom : value) {
      if (atom.interior) continue;
      if (atom.kind == Atom::Kind::Result && !atom.inside)
        calls.insert(atom.value);
      else if (atom.kind != Atom::Kind::Argument)
        add_contents(function, atom, 0, held);
    }
    for (const auto &[where, atom] : held)
      if (atom.kind == Atom::Kind::Result && !atom.inside && !atom.interior) calls.insert(atom.value);
    return calls;
  }

  // A container of another library is given a function that releases what is put into it.
  void read_destructors() {
    std::map<std::uint64_t, std::set<FlowEnd>> of_container;
    for (const GivesFunctions &given : calls_with_functions_) {
      if (!given.has_releases) continue;
      const std::set<FlowEnd> ends = destructors_of(*given.site);
      if (ends.empty()) continue;
      for (const FlowEnd &end : ends)
        if (!given.name.empty() && is_release(end)) result_.given_releases.insert({given.name, end});
      of_container[given.site->address].insert(ends.begin(), ends.end());
      put_into(*given.function, *given.site, {}, ends);
      for (const Value &argument : given.site->arguments)
        for (const std::uint64_t container : containers_in(*given.function, argument))
          of_container[container].insert(ends.begin(), ends.end());
    }
    if (of_container.empty()) return;
    for (const auto &[start, function] : code_.functions())
      for (const CallSite &site : function.calls) {
        const Target target = target_of(function, site, nullptr, 0);
        if (target.kind == FlowEnd::Kind::Function || target.kind == FlowEnd::Kind::Own || target.of_libc ||
            family_function(target.name) != nullptr)
          continue;
        if (const auto made = of_container.find(site.address); made != of_container.end())
          put_into(function, site, of_container, made->second);
        for (const Value &argument : site.arguments)
          for (const std::uint64_t container : containers_in(function, argument))
            if (const auto known = of_container.find(container); known != of_container.end())
              put_into(function, site, of_container, known->second);
      }
  }

  // The blocks that a call is given, but for the container itself.
  void put_into(const CodeFunction &function, const CallSite &site,
                const std::map<std::uint64_t, std::set<FlowEnd>> &containers, const std::set<FlowEnd> &ends) {
    for (const Value &argument : site.arguments) {
      const std::set<std::uint64_t> its = containers_in(function, argument);
      if (std::any_of(its.begin(), its.end(), [&](std::uint64_t call) { return containers.contains(call); })) continue;
      for (const FlowEnd &from : ends_of(function, argument, false, Following::Fresh)) {
        if (!is_fresh(from) || from.header != 0) continue;
        for (const FlowEnd &to : ends) add_flow({from, to, site.address});
      }
      // What another library handed out, as its copy of a text.
      if (containers.empty()) continue;
      for (const Atom &atom : argument) {
        if (atom.kind != Atom::Kind::Result || atom.inside || atom.interior) continue;
        const CallSite *const maker = function.call_at(atom.value);
        if (maker == nullptr) continue;
        const Target target = target_of(function, *maker, nullptr, 0);
        if (target.kind != FlowEnd::Kind::Slot || target.of_libc || family_function(target.name) != nullptr) continue;
        for (const FlowEnd &to : ends)
          if (is_release(to)) add_flow({target.end(), to, site.address});
      }
    }
  }

  // Another library is told which functions are to be its malloc and free.
  void read_given_memory() {
    const auto returned_by_function = [&](std::uint64_t address) {
      for (const Flow &flow : flows_)
        if (flow.to.kind == FlowEnd::Kind::Function && flow.to.address == address && flow.to.is_result() &&
            family_function(flow.from.name) != nullptr)
          return std::optional(flow.from);
      return std::optional<FlowEnd>();
    };
    for (const GivesFunctions &given : calls_with_functions_) {
      if (given.name.empty()) continue;
      std::optional<FlowEnd> allocate;
      std::set<FlowEnd> release;
      const auto look_at = [&](const Atom &atom) {
        if (atom.inside || atom.interior) return;
        if (!allocate && atom.kind == Atom::Kind::Slot) {
          const FlowEnd end = target_of_slot(atom.value).end();
          if (is_fresh(end.name, FlowEnd::kResult) && family_function(end.name) != nullptr) allocate = end;
        }
        if (!allocate && atom.kind == Atom::Kind::Function) allocate = returned_by_function(atom.value);
        release.merge(releases_of(std::array{atom}, 0));
      };
      for (const Value &argument : given.site->arguments)
        for (const Atom &atom : argument) {
          look_at(atom);
          if (atom.kind != Atom::Kind::GlobalAddress || atom.inside) continue;
          constexpr std::uint64_t kTableAtMost = 12;
          for (std::uint64_t i = 0; i < kTableAtMost; ++i)
            if (const std::uint64_t held = code_.function_stored_by_loader(atom.value + i * sizeof(void *)); held != 0)
              look_at({.kind = Atom::Kind::Function, .value = held});
            else if (!code_.slot_symbol(atom.value + i * sizeof(void *)).empty())
              look_at({.kind = Atom::Kind::Slot, .value = atom.value + i * sizeof(void *)});
        }
      for (const Word &word : given.site->words)
        for (const Atom &atom : word.value) look_at(atom);
      if (allocate && !release.empty()) result_.given_memory.insert({given.name, *allocate, *release.begin()});
    }
  }

  // Which exported functions keep functions that they are given in variables: for all of the process, as xmlMemSetup
  // does, and not for one object.
  void note_keepers() {
    for (const auto &[address, names] : exported_) {
      const CodeFunction *const function = code_.function_at(address);
      if (function != nullptr && function->keeps_arguments) result_.keeps_functions.insert(names.begin(), names.end());
    }
  }

  // Whether the result of a call gets out of sight: into memory, to a caller within the file, into another function.
  bool is_kept(const CodeFunction &function, const CallSite &call) {
    const auto holds = [&](const Value &value) {
      return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
        return atom.kind == Atom::Kind::Result && atom.index == 0 && !atom.inside && atom.value == call.address;
      });
    };
    if (function.kept_results.contains(call.address)) return true;
    // What a function that others call returns is theirs to release: that is a flow.
    if (holds(function.returns) && !exported_.contains(function.start)) return true;
    for (const CallSite &site : function.calls) {
      if (!std::any_of(site.arguments.begin(), site.arguments.end(), holds) &&
          !std::any_of(site.inside.begin(), site.inside.end(), holds))
        continue;
      if (!target_of(function, site, nullptr, 0).of_libc) return true;
    }
    return false;
  }

  void note_buffer(const CallSite &site, const LibcBlockFunction &libc) {
    const std::int8_t index = libc.buffer;
    if (index < 0) return;
    const Value &value = site.arguments[as_index(index)];
    bool null = false;
    bool other = false;
    bool unknown = value.empty() || value.partly_unknown();
    for (const Atom &atom : value) {
      if (atom.kind == Atom::Kind::Constant && atom.value == 0)
        null = true;
      else if (atom.kind == Atom::Kind::Stack || atom.kind == Atom::Kind::GlobalAddress)
        other = true;
      else if (atom.kind == Atom::Kind::Result)
        other = true;  // a buffer that was allocated
      else
        unknown = true;
    }
    result_.buffer_calls.push_back({.name = std::string(libc.name),
                                    .site = site.address,
                                    .buffer = null                ? Nullness::Null
                                              : other && !unknown ? Nullness::NotNull
                                                                  : Nullness::Unknown});
  }

  // An argument of a call out of the file: who gave the block?
  void sink(const CodeFunction &function, const CallSite &site, const FlowEnd &end, bool inside) {
    const auto index = as_index(end.index);
    if (index >= kAllArguments) return;
    sink_value(function, site.arguments[index], inside, site.address, end);
    // getline has one word to do with, others perhaps a structure.
    if (index >= kArguments) return;
    const Value &there = is_release(end) ? site.first[index] : site.inside[index];
    if (inside) sink_value(function, there, false, site.address, end);
  }

  static bool is_release(const FlowEnd &end) {
    return is_family_call(end) &&
           (family_function(end.name) != nullptr || hands_out_libc_block(end.name) || releases_libc_object(end.name));
  }

  // Whether a block that comes from there matters where it does not end in a release: only a fresh one does.
  static bool is_fresh(const FlowEnd &end) {
    return is_family_call(end) && !end.inside && is_fresh(end.name, end.index);
  }

  static bool is_fresh(std::string_view name, std::int8_t index) {
    if (const Function *known = family_function(name))
      return (known->role == Role::Allocate || known->role == Role::Resize) &&
             index == (known->arguments.out < 0 ? FlowEnd::kResult : known->arguments.out);
    if (find_libc_object(name, index) != nullptr) return true;
    const LibcBlockFunction *libc = find_libc_block_function(name);
    return libc != nullptr && index == (libc->out < 0 ? FlowEnd::kResult : libc->out);
  }

  // What of a value is followed: where it does not end in a release only fresh blocks, and parameters. Passing those on
  // to others is what most calls do; they are followed only where the other one is unknown.
  enum class Following : std::uint8_t { All, Fresh, FreshOrGiven };

  // Where `value` may come from. One value is asked for once for every sink behind it: `value` is one of a CallSite.
  const std::vector<FlowEnd> &ends_of(const CodeFunction &function, const Value &value, bool inside,
                                      Following following) {
    static const std::vector<FlowEnd> kNone;
    const bool may_come_from_anywhere = std::any_of(value.begin(), value.end(), [](const Atom &atom) {
      return atom.kind != Atom::Kind::Constant && atom.kind != Atom::Kind::Stack &&
             atom.kind != Atom::Kind::GlobalAddress && atom.kind != Atom::Kind::Function;
    });
    if (!may_come_from_anywhere) return kNone;
    const auto [entry, is_new] = ends_.try_emplace({&value, inside, following});
    if (!is_new) return entry->second;
    Query query;
    for (const Atom &atom : value) {
      if (following != Following::All) {
        if (atom.kind == Atom::Kind::Argument && following == Following::Fresh) continue;
        if ((atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out) && !may_be_fresh(function, atom))
          continue;
      }
      expand(function, atom, inside, nullptr, 0, query);
    }
    return entry->second = std::move(query.ends);
  }

  // \param header  how many bytes before `value` the block begins that `end` takes
  void sink_value(const CodeFunction &function, const Value &value, bool inside, std::uint64_t at, const FlowEnd &end,
                  std::int16_t header = 0) {
    const bool releases = is_release(end);
    const Following following = releases                          ? Following::All
                                : end.kind == FlowEnd::Kind::Slot ? Following::Fresh
                                                                  : Following::FreshOrGiven;
    for (FlowEnd from : ends_of(function, value, inside, following)) {
      from.header = static_cast<std::int16_t>(from.header + header);
      if (from.header > Atom::kHeaderAtMost) continue;
      if (from.kind == FlowEnd::Kind::Function) {
        if (from.header < 0 || (from.header > 0 && !releases)) continue;
        add_sink(from.address, {from.index, from.inside, from.header, end, at});
        if (releases)
          add_reachable(from, end, at);
        else if (!from.inside && is_relayed(end))
          for (FlowEnd named : called_by_others(from.address))
            if (named.index = from.index; !named.name.empty()) add_relay({named, end, at});
      } else if (!releases) {
        give(from, end, at);
      } else if (from.header >= 0 && !is_size_only(from) && (from.header == 0 || !is_fresh(from))) {
        add_flow({from, end, at});
      }
    }
  }

  // A fresh block gets to others, or what lies behind its header.
  void give(FlowEnd from, FlowEnd to, std::uint64_t at) {
    if (!is_fresh(from) || from.header > 0) return;
    to.header = static_cast<std::int16_t>(-from.header);
    from.header = 0;
    add_flow({std::move(from), std::move(to), at});
  }

  // malloc's own parameters, and what a release "returns", are no blocks.
  static bool is_size_only(const FlowEnd &from) {
    if (!is_family_call(from)) return false;
    const Function *known = family_function(from.name);
    return known != nullptr && !is_fresh(from);
  }

  // A call by a name that was looked up: what others have in common with this one.
  static bool is_relayed(const FlowEnd &end) {
    return end.kind == FlowEnd::Kind::Named && !end.inside && !end.name.empty();
  }

  void add_relay(const Flow &flow) {
    if (relays_.size() < kFlowsAtMost) relays_.insert(flow);
  }

  void add_flow(const Flow &flow) {
    if (flows_.size() < kFlowsAtMost) flows_.insert(flow);
  }

  // A block given to a function that others can call.
  void add_reachable(const FlowEnd &from, const FlowEnd &end, std::uint64_t at) {
    for (FlowEnd named : called_by_others(from.address)) {
      named.index = from.index;
      named.inside = from.inside;
      named.header = from.header;
      add_flow({named, end, at});
    }
  }

  std::vector<FlowEnd> called_by_others(std::uint64_t address) const {
    std::vector<FlowEnd> ends;
    if (const auto exported = exported_.find(address); exported != exported_.end())
      for (const std::string &name : exported->second)
        ends.push_back({.kind = FlowEnd::Kind::Function, .address = address, .name = name});
    if (ends.empty() && code_.address_taken().contains(address))
      ends.push_back({.kind = FlowEnd::Kind::Function, .address = address, .name = {}});
    return ends;
  }

  void add_sink(std::uint64_t function, const Sink &sink) {
    auto &sinks = sinks_[function];
    if (sinks.size() >= kSinksAtMost || !sinks.insert(sink).second) return;
    changed_.insert(function);
  }

  // What a function does with its parameters, its callers do with what they give it.
  void propagate() {
    std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, const CallSite *>>> callers;
    for (const auto &[start, function] : code_.functions())
      for (const CallSite &site : function.calls) {
        const Target target = target_of(function, site, nullptr, 0);
        if (target.local != nullptr) callers[target.local->start].emplace_back(&function, &site);
      }
    for (int round = 0; round < kCallsDeep && !changed_.empty(); ++round) {
      std::set<std::uint64_t> now;
      now.swap(changed_);
      for (const std::uint64_t callee : now) {
        const auto found = callers.find(callee);
        if (found == callers.end()) continue;
        const std::set<Sink> sinks = sinks_[callee];
        for (const auto &[function, site] : found->second)
          for (const Sink &sink : sinks) {
            const auto index = as_index(sink.parameter);
            sink_value(*function, site->arguments[index], sink.inside, sink.site, sink.end, sink.header);
            if (sink.inside && index < kArguments)
              sink_value(*function, site->inside[index], false, sink.site, sink.end, sink.header);
          }
      }
    }
  }

  // By which names others get to know functions of this file.
  void note_passed(const CodeFunction &function) {
    constexpr std::uint64_t kTableAtMost = 32;  // functions in a table
    const auto note = [&](const Value &value, const std::string &name) {
      for (const Atom &atom : value) {
        if (atom.inside || atom.interior) continue;
        if (atom.kind == Atom::Kind::Function) result_.passed_by.emplace(name, atom.value);
        if (atom.kind != Atom::Kind::GlobalAddress) continue;
        for (std::uint64_t i = 0; i < kTableAtMost; ++i)
          if (const std::uint64_t held = code_.function_stored_by_loader(atom.value + i * sizeof(void *)); held != 0)
            result_.passed_by.emplace(name, held);
      }
    };
    for (const CallSite &site : function.calls) {
      const Target target = target_of(function, site, nullptr, 0);
      if (target.kind != FlowEnd::Kind::Slot || target.of_libc) continue;
      for (const Value &argument : site.arguments) note(argument, std::string(target.name));
      for (const Word &word : site.words) note(word.value, std::string(target.name));
    }
    const auto exported = exported_.find(function.start);
    if (exported == exported_.end()) return;
    note(function.returns, exported->second.front());
    for (const Word &word : function.words)
      if (word.base.kind == Atom::Kind::Argument) note(word.value, exported->second.front());
  }

  // Whether the function of this file, or the slot of libc's free, releases what it is given; the calls that do.
  void read_handed_to_libc() {
    std::map<std::string_view, std::vector<HandedCall>> calls;
    for (const auto &[start, function] : code_.functions())
      for (const CallSite &site : function.calls)
        if (const Target target = target_of(function, site, nullptr, 0); target.kind == FlowEnd::Kind::Slot)
          for (const HandedToLibc &row : kHandedToLibc)
            if (target.name == row.takes_function || target.name == row.takes_block) {
              calls[target.name].push_back({&function, &site});
              break;
            }
    for (const HandedToLibc &row : kHandedToLibc) {
      const bool is_one_call = row.takes_function == row.takes_block;
      // Which of several keys a block is for is not followed: each must release.
      std::set<FlowEnd> all;
      bool each = true;
      for (const HandedCall &given : calls[row.takes_function]) {
        const std::set<FlowEnd> ends = releases_of(given.site->arguments[as_index(row.function)], row.parameter);
        each = each && !ends.empty();
        all.insert(ends.begin(), ends.end());
        if (!is_one_call) continue;
        read_handed_block(*given.function, *given.site, row, ends);
        read_handed_block(*given.function, *given.site, row, unknown_functions(given, row));
      }
      if (is_one_call || !each) continue;
      for (const HandedCall &given : calls[row.takes_block]) read_handed_block(*given.function, *given.site, row, all);
    }
  }

  struct HandedCall {
    const CodeFunction *function;
    const CallSite *site;
  };

  // The function that libc is given is another one's: what it does with the block, that one shows.
  std::set<FlowEnd> unknown_functions(const HandedCall &given, const HandedToLibc &row) {
    std::set<FlowEnd> ends;
    for (const Atom &atom : given.site->arguments[as_index(row.function)])
      if (atom.kind == Atom::Kind::Argument || atom.kind == Atom::Kind::Result)
        if (const std::string_view name = root_of(*given.function, atom, 0); !name.empty())
          ends.insert({.kind = FlowEnd::Kind::Indirect, .index = row.parameter, .name = std::string(name)});
    return ends;
  }

  std::set<FlowEnd> releases_of(std::span<const Atom> functions, std::int8_t parameter) {
    std::set<FlowEnd> ends;
    for (const Atom &atom : functions) {
      if (atom.inside || atom.interior) continue;
      if (atom.kind == Atom::Kind::Slot) {
        FlowEnd end = target_of_slot(atom.value).end();
        const Function *const known = family_function(end.name);
        end.index = parameter;
        if (known != nullptr && takes_block(*known) && known->arguments.block == parameter) ends.insert(std::move(end));
      } else if (atom.kind == Atom::Kind::Function) {
        for (const Sink &sink : sinks_[atom.value])
          if (sink.parameter == parameter && !sink.inside && sink.header == 0 && is_release(sink.end))
            ends.insert(sink.end);
      }
    }
    return ends;
  }

  void read_handed_block(const CodeFunction &function, const CallSite &site, const HandedToLibc &row,
                         const std::set<FlowEnd> &ends) {
    for (const FlowEnd &from : ends_of(function, site.arguments[as_index(row.block)], false, Following::FreshOrGiven))
      for (const FlowEnd &to : ends)
        if (from.kind == FlowEnd::Kind::Function && from.header >= 0)
          add_reachable(from, to, site.address);
        else if (is_fresh(from) && from.header == 0)
          add_flow({from, to, site.address});
  }

  // What functions that others call give to them.
  void read_results(const CodeFunction &function) {
    const std::vector<FlowEnd> ends = called_by_others(function.start);
    if (ends.empty() || own_.contains(function.start)) return;
    const auto hand_over = [&](std::span<const Atom> value, std::int8_t index) {
      Query query;
      for (const Atom &atom : value)
        if (atom.kind == Atom::Kind::Global || atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out)
          if (atom.kind == Atom::Kind::Global || may_be_fresh(function, atom))
            expand(function, atom, false, nullptr, 0, query);
      relay(function, value, index, ends);
      for (const FlowEnd &from : query.ends)
        if (is_call_out(from.kind) && is_fresh(from))
          for (FlowEnd to : ends) {
            to.index = index;
            to.inside = !to.is_result();
            give(from, to, function.start);
          }
    };
    hand_over(function.returns, FlowEnd::kResult);
    hand_over(function.returns_second, FlowEnd::kSecondResult);
    for (const auto &[parameter, value] : function.stores) hand_over(value, parameter);
    // A parameter that is only passed on to what stores a block behind it.
    for (const Passed &passed : passed_on_by(function))
      hand_over(std::array{Atom{.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site}},
                passed.parameter);
  }

  void relay(const CodeFunction &function, std::span<const Atom> value, std::int8_t index,
             const std::vector<FlowEnd> &ends) {
    for (const Atom &atom : value) {
      if (atom.kind != Atom::Kind::Result || atom.inside) continue;
      const CallSite *const found = function.call_at(atom.value);
      if (found == nullptr) continue;
      const Target target = target_of(function, *found, nullptr, 0);
      const FlowEnd from{.kind = target.kind, .index = place_of(atom), .name = std::string(target.name)};
      if (!is_relayed(from)) continue;
      for (FlowEnd to : ends) {
        to.index = index;
        to.inside = !to.is_result();
        if (!to.name.empty()) add_relay({from, to, function.start});
      }
    }
  }

  // A variable that others see, and the blocks that code of this file puts there.
  void read_variable(std::uint64_t address, const Variable &variable) {
    const std::uint64_t size = std::min<std::uint64_t>(variable.size, kStructureAtMost);
    for (std::uint64_t offset = 0; offset < std::max<std::uint64_t>(size, 1); offset += sizeof(void *))
      for (const auto &[writer, value] : code_.stored_at(address + offset))
        give_variable(*writer, value, variable.name);
  }

  // The same of variables that others define.
  void read_foreign_variables(const CodeFunction &function) {
    for (const Word &word : function.words)
      if (word.base.kind == Atom::Kind::Slot)
        give_variable(function, word.value, code_.slot_symbol(word.base.value));
      else if (word.base.kind == Atom::Kind::Result && word.base.index == 0)
        if (const CallSite *const call = function.call_at(word.base.value))
          if (const Target target = target_of(function, *call, nullptr, 0);
              target.kind == FlowEnd::Kind::Slot && !target.of_libc && family_function(target.name) == nullptr)
            give_variable(function, word.value, returned_by(target.name));
  }

  // An object that a function hands out the address of is a variable that both sides use. It goes by the function's
  // name: "host_state()".
  static std::string returned_by(std::string_view function) { return std::string(function) + "()"; }

  void note_returned() {
    for (const auto &[address, names] : exported_) {
      const CodeFunction *const function = code_.function_at(address);
      if (function == nullptr || function->start != address) continue;
      for (const Atom &atom : function->returns) {
        if (atom.inside || atom.interior) continue;
        if (atom.kind == Atom::Kind::GlobalAddress) returned_areas_.try_emplace(atom.value, returned_by(names.front()));
        if (atom.kind == Atom::Kind::Global) returned_pointers_.try_emplace(atom.value, returned_by(names.front()));
      }
    }
  }

  std::string_view returned_area_at(std::uint64_t address) const {
    auto at = returned_areas_.upper_bound(address);
    if (at == returned_areas_.begin()) return {};
    at = std::prev(at);
    return address - at->first < kAreaAtMost ? std::string_view(at->second) : std::string_view();
  }

  void give_variable(const CodeFunction &writer, const Value &value, std::string_view name) {
    Query query;
    for (const Atom &atom : value)
      if ((atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out) && may_be_fresh(writer, atom))
        expand(writer, atom, false, nullptr, 0, query);
    for (const FlowEnd &from : query.ends)
      give(from, {.kind = FlowEnd::Kind::Variable, .name = std::string(name)}, writer.start);
  }

  // The name of the variable that holds the word at `address` and that others see; "" where there is none.
  std::string_view exported_variable_at(std::uint64_t address) const {
    auto at = variables_.upper_bound(address);
    if (at == variables_.begin()) return {};
    at = std::prev(at);
    return address - at->first < std::max<std::uint64_t>(at->second.size, 1) ? at->second.name : std::string_view();
  }

  // What ends_of was asked.
  struct Asked {
    const Value *value;
    bool inside;
    Following following;
    bool operator==(const Asked &) const = default;
  };
  struct AskedHash {
    std::size_t operator()(const Asked &asked) const noexcept {
      return std::hash<const void *>()(asked.value) * 8 + static_cast<std::size_t>(asked.following) * 2 +
             static_cast<std::size_t>(asked.inside);
    }
  };
  // The address of data that a call is given.
  struct Given {
    const CodeFunction *function;
    std::uint64_t site;
    std::int8_t argument;
  };

  Code code_;
  BlockFlow &result_;
  std::map<std::uint64_t, Variable> variables_;
  std::map<std::uint64_t, std::string> returned_areas_;     // what exported functions return the address of
  std::map<std::uint64_t, std::string> returned_pointers_;  // and pointers in variables that they return
  std::set<Flow> relays_;
  std::unordered_map<std::uint64_t, std::string> own_;
  std::unordered_map<std::string, std::uint64_t> by_name_;
  std::unordered_map<std::uint64_t, std::vector<std::string>> exported_;
  std::unordered_map<const CodeFunction *, std::vector<PointerGiven>> pointers_given_;
  std::vector<std::optional<Target>> targets_;  // of each call, by its number
  std::unordered_map<std::uint64_t, std::set<Sink>> sinks_;
  std::unordered_map<Asked, std::vector<FlowEnd>, AskedHash> ends_;
  std::set<std::uint64_t> changed_;
  std::set<Flow> flows_;
  std::set<std::string> looked_up_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, const CallSite *>>> callers_;
  std::map<std::uint64_t, std::vector<Given>> given_away_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, const Word *>>> stored_behind_;
  std::set<std::string> kept_;
  std::set<std::string> own_called_;
  std::unordered_set<std::string_view> of_libc_;
  std::unordered_set<std::uint64_t> runtimes_functions_;
  std::map<std::uint64_t, std::uint64_t> runtimes_tables_;  // and their sizes
  std::unordered_set<std::uint64_t> reached_;
  std::vector<GivesFunctions> calls_with_functions_;
  std::unordered_map<std::uint64_t, std::vector<Passed>> passed_;
  std::unordered_set<std::uint64_t> gives_fresh_;
  std::uint64_t steps_ = 0;
  std::uint64_t looks_ = 0;
};

}  // namespace

BlockFlow block_flow_of(const elf::File &file, const elf::DynamicSymbols &symbols) {
  BlockFlow result;
  if (file.header().machine != EM_X86_64 || !file.header().encoding.wide) {
    result.why_not = "not for x86-64";
    return result;
  }
  try {
    Reader(file, symbols, result).read();
  } catch (const Error &) {
    result = {};
    result.why_not = "damaged";
  }
  return result;
}

}  // namespace crossheap::binding
