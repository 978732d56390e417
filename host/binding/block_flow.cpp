// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/block_flow.h"

#include <algorithm>
#include <set>
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

constexpr int kCallsDeep = 6;                // how many calls within the file a value is followed through
constexpr std::size_t kEndsAtMost = 24;      // of one value
constexpr std::size_t kSinksAtMost = 24;     // of one function's parameters
constexpr std::size_t kFlowsAtMost = 20000;  // of one file
constexpr std::uint64_t kStepsAtMost = 4'000'000;
constexpr std::uint64_t kStepsOfQueryAtMost = 1000;

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
  FlowEnd end;
  std::uint64_t site;
  auto operator<=>(const Sink &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

bool takes_block(const Function &function) {
  return function.role == Role::Release || function.role == Role::Resize || function.role == Role::InPlace ||
         function.role == Role::Query;
}

const Function *family_function(std::string_view name) {
  const auto split = split_prefix(name);
  return split ? split->function : nullptr;
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
        if (dynamic && symbol.type == STT_OBJECT && !symbol.local()) variables_.emplace_back(symbol.value, name);
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
    find_givers();
    for (const auto &[start, function] : code_.functions()) {
      if (own_.contains(start)) continue;  // what an allocator does inside is its own business
      for (const auto &[address, site] : function.calls) read_call(function, site);
    }
    propagate();
    for (const auto &[start, function] : code_.functions()) read_results(function);
    for (const auto &[address, name] : variables_) read_variable(address, name);
    for (const Flow &flow : flows_) result_.flows.push_back(flow);
    result_.relays.assign(relays_.begin(), relays_.end());
    result_.kept.assign(kept_.begin(), kept_.end());
    result_.own_called.assign(own_called_.begin(), own_called_.end());
    for (const std::uint64_t slot : code_.slots_handed_out())
      if (const std::string_view name = code_.slot_symbol(slot); family_function(name) != nullptr)
        result_.handed_out.push_back({.kind = FlowEnd::Kind::Slot, .address = slot, .name = std::string(name)});
    for (const auto &[address, name] : own_)
      if (code_.address_taken().contains(address))
        result_.handed_out.push_back({.kind = FlowEnd::Kind::Own, .address = address, .name = name});
    result_.looked_up.assign(looked_up_.begin(), looked_up_.end());
  }

private:
  // free, cfree, tc_free and __libc_free are often one address: it is called by the first of them in the ONE table.
  void note_own(std::uint64_t address, std::string_view name) {
    const auto [entry, is_new] = own_.emplace(address, name);
    if (!is_new && family_function(name) < family_function(entry->second)) entry->second = name;
  }

  struct Target {
    FlowEnd::Kind kind = FlowEnd::Kind::Indirect;
    std::uint64_t address = 0;
    std::string_view name;
    const CodeFunction *local = nullptr;  // followed into
    bool of_libc = false;                 // a slot whose symbol is asked from libc by its version
  };

  // What a call leads to. \param context  how the calling function was entered, for names given to dlsym by a caller
  Target target_of(const CodeFunction &caller, const CallSite &site, const Entered *context, int depth) {
    const auto known = targets_.find(site.address);
    // Only a name given to dlsym by a caller makes a difference.
    if (known != targets_.end() && (context == nullptr || known->second.kind != FlowEnd::Kind::Indirect))
      return known->second;
    Target target;
    std::vector<Atom> candidates(site.target.begin(), site.target.end());
    for (std::size_t i = 0; i < candidates.size() && i < 8; ++i) {
      const Atom atom = candidates[i];
      if (atom.inside && atom.kind != Atom::Kind::Global) continue;
      if (atom.kind == Atom::Kind::Slot) {
        target = target_of_slot(atom.value);
        break;
      }
      if (atom.kind == Atom::Kind::Function) {
        target = target_of_address(atom.value);
        break;
      }
      if (atom.kind == Atom::Kind::Result) {
        const std::string_view name = looked_up_by(caller, atom.value, context, depth);
        if (name.empty()) continue;
        target.kind = FlowEnd::Kind::Named;
        target.name = name;
        break;
      }
      if (atom.kind == Atom::Kind::Global && !atom.inside) {
        for (const auto &[function, value] : code_.stored_at(atom.value))
          for (const Atom &held : value) {
            if (held.kind == Atom::Kind::Result && !held.inside) {
              const std::string_view name = looked_up_by(*function, held.value, nullptr, depth);
              if (!name.empty()) {
                target.kind = FlowEnd::Kind::Named;
                target.name = name;
              }
            } else if (held.kind == Atom::Kind::Slot || held.kind == Atom::Kind::Function) {
              candidates.push_back(held);
            }
          }
        if (target.kind == FlowEnd::Kind::Named) break;
      }
    }
    if (target.kind == FlowEnd::Kind::Indirect)
      for (const Atom &atom : site.target)
        if (target.name.empty()) target.name = root_of(caller, atom, depth);
    if (context == nullptr) targets_.emplace(site.address, target);
    return target;
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
        if (const std::string_view name = looked_up_by(function, atom.value, nullptr, depth); !name.empty())
          return name;
        const auto found = function.calls.find(atom.value);
        if (found == function.calls.end()) return {};
        const Target target = target_of(function, found->second, nullptr, depth + 1);
        return target.kind == FlowEnd::Kind::Named || target.kind == FlowEnd::Kind::Indirect ? target.name
                                                                                             : std::string_view();
      }
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

  // The name that dlsym was given where the call at `address` is one, or leads to one.
  std::string_view looked_up_by(const CodeFunction &caller, std::uint64_t address, const Entered *context, int depth) {
    const auto found = caller.calls.find(address);
    if (found == caller.calls.end() || depth > kCallsDeep) return {};
    const Target target = target_of(caller, found->second, nullptr, depth + 1);
    if (target.kind == FlowEnd::Kind::Slot && (target.name == "dlsym" || target.name == "dlvsym"))
      return text_of(found->second.arguments[1], context);
    if (target.local == nullptr) return {};
    const Entered entered{&caller, &found->second, context};
    for (const Atom &atom : target.local->returns)
      if (atom.kind == Atom::Kind::Result && !atom.inside)
        if (const std::string_view name = looked_up_by(*target.local, atom.value, &entered, depth + 1); !name.empty())
          return name;
    return {};
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
    if (atom.interior && !atom.inside && !inside) return;
    const bool within = atom.inside || inside;
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
        for (const auto &[writer, value] : code_.stored_at(atom.value))
          for (const Atom &held : value)
            if (held.kind != Atom::Kind::Global) expand(*writer, held, within, nullptr, depth + 1, query);
        return;
      case Atom::Kind::Slot:
        if (within && family_function(code_.slot_symbol(atom.value)) == nullptr)
          add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(code_.slot_symbol(atom.value))});
        return;
      default:
        return;
    }
  }

  void expand_argument(const Entered &context, std::size_t index, bool within, int depth, Query &query) {
    for (const Atom &given : context.site->arguments[index])
      if (given.kind != Atom::Kind::Stack) expand(*context.caller, given, within, context.before, depth + 1, query);
    if (within)
      for (const Atom &given : context.site->inside[index])
        expand(*context.caller, given, false, context.before, depth + 1, query);
  }

  void expand_call(const CodeFunction &function, const Atom &atom, bool within, const Entered *context, int depth,
                   Query &query) {
    const auto found = function.calls.find(atom.value);
    if (found == function.calls.end() || !may_go_on(query)) return;
    const CallSite &site = found->second;
    const Target target = target_of(function, site, context, depth);
    const bool is_result = atom.kind == Atom::Kind::Result;
    const std::int8_t index = place_of(atom);
    if (target.kind != FlowEnd::Kind::Function) {
      if (is_result && within && target.kind == FlowEnd::Kind::Slot && target.name.starts_with("dl"))
        if (const std::string_view variable = looked_up_by(function, atom.value, context, depth); !variable.empty())
          add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(variable)});
      FlowEnd end{.kind = target.kind,
                  .index = index,
                  .inside = within,
                  .address = target.address,
                  .name = std::string(target.name)};
      if (!is_result) end.from_null = may_be_null(site.inside[as_index(atom.index)]);
      if (target.kind == FlowEnd::Kind::Indirect) end.address = 0;
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
    for (const auto &[address, site] : function.calls)
      for (std::size_t i = 0; i < kArguments; ++i)
        for (const Atom &given : site.arguments[i])
          if (given.kind == Atom::Kind::Argument && !given.inside && !given.interior)
            entry->second.push_back({given.index, static_cast<std::int8_t>(i), address});
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
    const auto found = function.calls.find(atom.value);
    if (found == function.calls.end()) return false;
    const Target target = target_of(function, found->second, nullptr, 0);
    if (target.kind == FlowEnd::Kind::Function) return target.local != nullptr && gives_fresh_.contains(target.address);
    if (target.kind != FlowEnd::Kind::Slot && target.kind != FlowEnd::Kind::Own) return false;
    return is_fresh(target.name, place_of(atom));
  }

  static bool may_be_null(const Value &value) {
    if (value.empty()) return false;
    return std::any_of(value.begin(), value.end(), [](const Atom &atom) {
      return atom.kind == Atom::Kind::Constant && atom.value == 0 && !atom.inside;
    });
  }

  static void add(Query &query, const FlowEnd &end) {
    if (std::find(query.ends.begin(), query.ends.end(), end) == query.ends.end()) query.ends.push_back(end);
  }

  // ---- the calls of one function

  void read_call(const CodeFunction &function, const CallSite &site) {
    const Target target = target_of(function, site, nullptr, 0);
    if (target.kind == FlowEnd::Kind::Function) return;
    if (target.kind == FlowEnd::Kind::Own) own_called_.emplace(target.name);
    FlowEnd end{.kind = target.kind, .address = target.address, .name = std::string(target.name)};
    if (target.kind == FlowEnd::Kind::Slot || target.kind == FlowEnd::Kind::Own) {
      if (const Function *known = family_function(target.name)) {
        if (takes_block(*known) && known->arguments.block >= 0) {
          end.index = known->arguments.block;
          sink(function, site, end, false);
        }
        return;
      }
      if (const LibcBlockFunction *libc = find_libc_block_function(target.name)) {
        note_buffer(site, *libc);
        if (libc->out >= 0 || is_kept(function, site)) kept_.emplace(target.name);
        if (libc->grows) {
          end.index = libc->out;
          sink(function, site, end, true);
        }
        return;
      }
    }
    if (target.of_libc) return;  // what libc takes and keeps is in its table
    for (std::size_t i = 0; i < kArguments; ++i) {
      end.index = static_cast<std::int8_t>(i);
      sink(function, site, end, false);
      end.inside = true;
      sink(function, site, end, true);
      end.inside = false;
    }
  }

  // Whether the result of a call gets out of sight: into memory, to the caller, into another function.
  bool is_kept(const CodeFunction &function, const CallSite &call) {
    const auto holds = [&](const Value &value) {
      return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
        return atom.kind == Atom::Kind::Result && atom.index == 0 && !atom.inside && atom.value == call.address;
      });
    };
    if (function.kept_results.contains(call.address) || holds(function.returns)) return true;
    for (const auto &[address, site] : function.calls) {
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
    if (index >= kArguments) return;
    sink_value(function, site.arguments[index], inside, site.address, end);
    // getline has one word to do with, others perhaps a structure.
    const Value &there = is_release(end) ? site.first[index] : site.inside[index];
    if (inside) sink_value(function, there, false, site.address, end);
  }

  bool is_release(const FlowEnd &end) const {
    return (end.kind == FlowEnd::Kind::Slot || end.kind == FlowEnd::Kind::Own) &&
           (family_function(end.name) != nullptr || hands_out_libc_block(end.name));
  }

  // Whether a block that comes from there matters where it does not end in a release: only a fresh one does.
  static bool is_fresh(const FlowEnd &end) {
    if (end.kind != FlowEnd::Kind::Slot && end.kind != FlowEnd::Kind::Own) return false;
    return !end.inside && is_fresh(end.name, end.index);
  }

  static bool is_fresh(std::string_view name, std::int8_t index) {
    if (const Function *known = family_function(name))
      return (known->role == Role::Allocate || known->role == Role::Resize) &&
             index == (known->arguments.out < 0 ? FlowEnd::kResult : known->arguments.out);
    if (const LibcBlockFunction *libc = find_libc_block_function(name))
      return index == (libc->out < 0 ? FlowEnd::kResult : libc->out);
    return false;
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

  void sink_value(const CodeFunction &function, const Value &value, bool inside, std::uint64_t at, const FlowEnd &end) {
    const bool releases = is_release(end);
    const Following following = releases                          ? Following::All
                                : end.kind == FlowEnd::Kind::Slot ? Following::Fresh
                                                                  : Following::FreshOrGiven;
    for (const FlowEnd &from : ends_of(function, value, inside, following)) {
      if (from.kind == FlowEnd::Kind::Function) {
        add_sink(from.address, {from.index, from.inside, end, at});
        if (releases)
          add_reachable(from, end, at);
        else if (!from.inside && is_relayed(end))
          for (FlowEnd named : called_by_others(from.address))
            if (named.index = from.index; !named.name.empty()) add_relay({named, end, at});
      } else if (releases ? !is_size_only(from) : is_fresh(from)) {
        add_flow({from, end, at});
      }
    }
  }

  // malloc's own parameters, and what a release "returns", are no blocks.
  static bool is_size_only(const FlowEnd &from) {
    if (from.kind != FlowEnd::Kind::Slot && from.kind != FlowEnd::Kind::Own) return false;
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
      for (const auto &[address, site] : function.calls) {
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
            sink_value(*function, site->arguments[index], sink.inside, sink.site, sink.end);
            if (sink.inside) sink_value(*function, site->inside[index], false, sink.site, sink.end);
          }
      }
    }
  }

  // What functions that others call give to them.
  void read_results(const CodeFunction &function) {
    const std::vector<FlowEnd> ends = called_by_others(function.start);
    if (ends.empty() || own_.contains(function.start)) return;
    const auto give = [&](const Value &value, std::int8_t index) {
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
            add_flow({from, to, function.start});
          }
    };
    give(function.returns, FlowEnd::kResult);
    give(function.returns_second, FlowEnd::kSecondResult);
    for (const auto &[parameter, value] : function.stores) give(value, parameter);
    // A parameter that is only passed on to what stores a block behind it.
    for (const Passed &passed : passed_on_by(function))
      give(Value(Atom{.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site}), passed.parameter);
  }

  void relay(const CodeFunction &function, const Value &value, std::int8_t index, const std::vector<FlowEnd> &ends) {
    for (const Atom &atom : value) {
      if (atom.kind != Atom::Kind::Result || atom.inside) continue;
      const auto found = function.calls.find(atom.value);
      if (found == function.calls.end()) continue;
      const Target target = target_of(function, found->second, nullptr, 0);
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
  void read_variable(std::uint64_t address, std::string_view name) {
    for (const auto &[writer, value] : code_.stored_at(address)) {
      Query query;
      for (const Atom &atom : value)
        if ((atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out) && may_be_fresh(*writer, atom))
          expand(*writer, atom, false, nullptr, 0, query);
      for (const FlowEnd &from : query.ends)
        if (is_fresh(from))
          add_flow({from, {.kind = FlowEnd::Kind::Variable, .name = std::string(name)}, writer->start});
    }
  }

  Code code_;
  BlockFlow &result_;
  std::vector<std::pair<std::uint64_t, std::string_view>> variables_;
  std::set<Flow> relays_;
  std::unordered_map<std::uint64_t, std::string> own_;
  std::unordered_map<std::string, std::uint64_t> by_name_;
  std::unordered_map<std::uint64_t, std::vector<std::string>> exported_;
  std::unordered_map<std::uint64_t, Target> targets_;
  std::unordered_map<std::uint64_t, std::set<Sink>> sinks_;
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
  std::unordered_map<Asked, std::vector<FlowEnd>, AskedHash> ends_;
  std::set<std::uint64_t> changed_;
  std::set<Flow> flows_;
  std::set<std::string> looked_up_;
  std::set<std::string> kept_;
  std::set<std::string> own_called_;
  std::unordered_set<std::string_view> of_libc_;
  std::unordered_map<std::uint64_t, std::vector<Passed>> passed_;
  std::unordered_set<std::uint64_t> gives_fresh_;
  std::uint64_t steps_ = 0;
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
