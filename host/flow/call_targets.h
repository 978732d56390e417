// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What each call leads to, through pointers as far as they can be followed.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "flow/block_flow.h"
#include "flow/code.h"
#include "flow/file_symbols.h"
#include "flow/memory.h"

namespace crossheap::flow {

/// The call by which a function was entered on the way to a value.
struct Entered {
  const CodeFunction *caller;
  const CallSite *site;
  const Entered *before;
};

/// What a call leads to.
struct Target {
  FlowEnd::Kind kind = FlowEnd::Kind::Indirect;
  std::uint64_t address = 0;
  std::string_view name;
  const CodeFunction *local = nullptr;  ///< followed into
  bool of_libc = false;                 ///< a slot whose symbol is asked from libc by its version
  LookedUpIn looked_up_in = LookedUpIn::Unknown;
  std::string_view set_by = {};  ///< the exported function that gives others' functions to the pointer that is called

  bool is_known() const { return kind != FlowEnd::Kind::Indirect && (kind != FlowEnd::Kind::Named || !name.empty()); }

  FlowEnd end() const {
    FlowEnd end{.kind = kind,
                .address = address,
                .name = std::string(name),
                .looked_up_in = looked_up_in,
                .set_by = std::string(set_by)};
    if (kind == FlowEnd::Kind::Indirect || kind == FlowEnd::Kind::Named) end.address = 0;
    return end;
  }
};

/// What dlsym was asked for.
struct LookedUp {
  std::string_view name;  ///< "" where it is not known
  LookedUpIn in = LookedUpIn::Unknown;
};

class CallTargets {
public:
  /// Finds the target of each call of `code`. Both must outlive this.
  CallTargets(const Code &code, const FileSymbols &symbols);
  CallTargets(const CallTargets &) = delete;
  CallTargets &operator=(const CallTargets &) = delete;

  /// What a call leads to. \param context  how the calling function was entered, for names given to dlsym by a caller
  Target of(const CodeFunction &caller, const CallSite &site, const Entered *context = nullptr, int depth = 0);
  Target of_slot(std::uint64_t slot) const;
  Target of_address(std::uint64_t address) const;

  /// The function of this file that the call at `address` leads to; null where it leaves the file.
  const CodeFunction *callee_at(const CodeFunction &function, std::uint64_t address, int depth);

  /// By which name the two sides came to share what `atom` holds: a table, an object, a call-back.
  std::string_view root_of(const CodeFunction &function, const Atom &atom, int depth = 0);

  /// What dlsym was given where the call at `address` is one, or leads to one.
  std::optional<LookedUp> looked_up_by(const CodeFunction &caller, std::uint64_t address, const Entered *context,
                                       int depth);

  /// The text that code gives as an argument; "" where it is not known.
  std::string text_in(const Value &value) const;

  Memory &memory() noexcept { return memory_; }
  const Memory &memory() const noexcept { return memory_; }
  /// All names that were given to dlsym, as far as they have been met.
  const std::set<std::string> &names_looked_up() const noexcept { return looked_up_; }

private:
  Target find(const CodeFunction &caller, const CallSite &site, const Entered *context, int depth);
  std::optional<Target> known_target(const Held &held, const Entered *context, int depth);
  std::string_view setter_of(const std::vector<Held> &candidates, std::size_t direct) const;
  LookedUpIn place_of_handle(const CodeFunction &function, const Value &handle, int depth);
  std::string_view text_of(const Value &value, const Entered *context);

  const Code &code_;
  const FileSymbols &symbols_;
  Memory memory_;
  // What was not found on the way to something else, where `depth` calls had been followed already.
  struct NotFound {
    Target target;
    int depth;
  };

  std::vector<std::optional<Target>> known_;  // of each call, by its number
  std::unordered_map<std::uint32_t, NotFound> not_found_;
  std::set<std::string> looked_up_;
};

}  // namespace crossheap::flow
