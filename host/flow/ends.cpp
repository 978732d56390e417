// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A worked example. Who gave what `drop` releases?
//
//     char *copy(const char *s) { return strdup(s); }
//     void set(char **out, const char *s) { *out = copy(s); }
//     void drop(const char *s) { char *p; set(&p, s); free(p); }
//
// free's argument is an Out of the call of `set`. So `set` is entered, with a note of the call by which, and what it
// stores behind its parameter 0 is followed: the result of `copy`. `copy` is entered, and returns the result of a call
// through strdup's slot. That call leaves the file: it is the end. Had the way led to a parameter of `drop`, the end
// would be "parameter 0 of drop", and its callers would be asked by Sinks (sinks.h).
//
// A value that is asked for from one place is the same at each of the calls that ask, so answers are kept. Most calls
// pass on what is no block. So a fixed point is found first: the functions that may give a fresh block at all
// (find_givers). Where only fresh blocks count, no other result is followed. A question has a bound, and so has a file:
// an interpreter's state, which every function passes to every other one, leads everywhere and says nothing.
#include "flow/ends.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kEndsAtMost = 24;  // of one value
constexpr std::uint64_t kStepsOfQueryAtMost = 1000;

bool may_be_null(const Value &value) {
  if (value.empty()) return false;
  return std::any_of(value.begin(), value.end(), [](const Atom &atom) {
    return atom.kind == Atom::Kind::Constant && atom.value == 0 && !atom.inside;
  });
}

// What stands `offset` behind where `atom` points to.
Atom field_of(const Atom &atom, std::int16_t offset) {
  if (atom.kind != Atom::Kind::GlobalAddress || atom.inside) return atom.loaded(offset);
  return {.kind = Atom::Kind::Global, .value = atom.value + static_cast<std::uint64_t>(std::int64_t{offset})};
}

// Whether the pointer in a variable was followed, and not the variable's address alone.
bool is_behind(const Atom &atom, bool inside) { return atom.deeper || (atom.inside && inside); }

// Where in the memory that it points to the value stood that is asked for.
std::int16_t offset_of(const Atom &atom, bool inside) {
  return atom.inside && !atom.deeper && !atom.interior && !inside ? atom.offset : FlowEnd::kAnywhere;
}

}  // namespace

Ends::Ends(const Code &code, CallTargets &targets, const SharedVariables &variables)
    : code_(code), targets_(targets), variables_(variables) {
  find_givers();
}

const std::vector<FlowEnd> &Ends::of(const CodeFunction &function, const Value &value, Inside inside,
                                     Following following) {
  static const std::vector<FlowEnd> kNone;
  const bool is_field = inside && *inside != FlowEnd::kAnywhere;
  const bool may_come_from_anywhere = std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
    return atom.kind != Atom::Kind::Constant && atom.kind != Atom::Kind::Stack &&
           (atom.kind != Atom::Kind::GlobalAddress || is_field) && atom.kind != Atom::Kind::Function;
  });
  if (!may_come_from_anywhere) return kNone;
  const auto [answered, is_new] = answered_.try_emplace({&value, inside, following});
  if (!is_new) return *answered->second;
  const auto [known, is_first] = answers_.try_emplace({value.identity(), inside, following});
  Answer *its = &known->second;
  if (is_first) {
    *its = answer(function, value, inside, following);
  } else if (steps_ + its->steps <= kStepsAtMost) {
    steps_ += its->steps;
  } else {
    its = &cut_off_.emplace_back(answer(function, value, inside, following));
  }
  return *(answered->second = &its->ends);
}

Ends::Answer Ends::answer(const CodeFunction &function, const Value &value, Inside inside, Following following) {
  const bool is_field = inside && *inside != FlowEnd::kAnywhere;
  const std::uint64_t before = steps_;
  Query query;
  for (const Atom &atom : value) {
    if (is_field) {
      expand(function, field_of(atom, *inside), false, nullptr, 0, query);
      continue;
    }
    if (following != Following::All) {
      if (atom.kind == Atom::Kind::Argument && following == Following::Fresh) continue;
      if ((atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out) && !may_be_fresh(function, atom)) continue;
    }
    expand(function, atom, inside.has_value(), nullptr, 0, query);
  }
  query.ends.shrink_to_fit();
  return {std::move(query.ends), steps_ - before};
}

std::vector<FlowEnd> Ends::of_fresh(const CodeFunction &function, std::span<const Atom> value, Variables variables) {
  Query query;
  for (const Atom &atom : value) {
    const bool is_of_call = atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out;
    if ((is_of_call && may_be_fresh(function, atom)) ||
        (atom.kind == Atom::Kind::Global && variables == Variables::Yes))
      expand(function, atom, false, nullptr, 0, query);
  }
  return std::move(query.ends);
}

Ends::Traced Ends::of_all(const CodeFunction &function, std::span<const Atom> value) {
  Query query;
  for (const Atom &atom : value) expand(function, atom, false, nullptr, 0, query);
  return {std::move(query.ends), query.lost};
}

// Whether the query, or the file, has cost enough. A parameter that every function passes on to every other one (an
// interpreter's state) leads everywhere, and says nothing.
bool Ends::may_go_on(Query &query) {
  return query.ends.size() < kEndsAtMost && ++query.steps <= kStepsOfQueryAtMost && ++steps_ <= kStepsAtMost;
}

void Ends::add(Query &query, FlowEnd end) {
  end.header = static_cast<std::int16_t>(-query.moved);
  if (end.set_by.empty() && is_call_out(end.kind)) end.set_by = query.set_by;
  if (std::find(query.ends.begin(), query.ends.end(), end) == query.ends.end()) query.ends.push_back(end);
}

void Ends::expand(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
                  Query &query) {
  if (depth > kCallsDeep || !may_go_on(query)) {
    query.lost = true;
    return;
  }
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
                    .offset = offset_of(atom, inside),
                    .address = function.start,
                    .name = {}});
      }
      return;
    case Atom::Kind::Result:
    case Atom::Kind::Out:
      expand_call(function, atom, inside, context, depth, query);
      return;
    case Atom::Kind::Global:
      expand_global(atom, inside, depth, query);
      return;
    case Atom::Kind::Slot:
      if (const std::string_view name = code_.slot_symbol(atom.value); within && family_function(name) == nullptr)
        add(query,
            {.kind = FlowEnd::Kind::Variable, .name = is_behind(atom, inside) ? behind(name) : std::string(name)});
      return;
    default:
      return;
  }
}

void Ends::expand_global(const Atom &atom, bool inside, int depth, Query &query) {
  if (atom.inside || inside) {
    for (const auto &[writer, value] : code_.stored_at(atom.value))
      for (const Atom &held : value)
        if (held.kind != Atom::Kind::Global) expand(*writer, held, true, nullptr, depth + 1, query);
  } else {
    for (const std::string_view name : {variables_.exported_at(atom.value), variables_.returned_at(atom.value)})
      if (!name.empty()) add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(name)});
  }
  if (!atom.inside || inside) return;
  if (const std::string_view name = variables_.returned_behind(atom.value); !name.empty())
    add(query, {.kind = FlowEnd::Kind::Variable, .name = std::string(name)});
  if (const std::string_view name = variables_.exported_at(atom.value); !name.empty() && !atom.deeper)
    add(query, {.kind = FlowEnd::Kind::Variable, .name = behind(name)});
}

// A block that begins before what is handed around, as counted strings have a header there.
void Ends::expand_moved(const CodeFunction &function, Atom atom, const Entered *context, int depth, Query &query) {
  const std::int64_t moved = query.moved;
  if (atom.offset == Atom::kAnywhere || atom.indexed) return;
  query.moved += atom.offset;
  atom.interior = false;
  atom.offset = 0;
  if (std::abs(query.moved) <= Atom::kHeaderAtMost) expand(function, atom, false, context, depth, query);
  query.moved = moved;
}

// A pointer is asked for once for each use of what it leads to, and each question goes through many functions.
const std::vector<Held> &Ends::contents_of(const CodeFunction &function, const Atom &atom, int depth) {
  const auto [entry, is_new] = contents_.try_emplace({&function, atom, depth});
  if (is_new) targets_.memory().add_contents(function, atom, depth, entry->second);
  return entry->second;
}

// What was stored where `atom` was loaded from.
void Ends::expand_contents(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context,
                           int depth, Query &query) {
  for (const auto &[where, value] : contents_of(function, atom, depth))
    if (!(where == &function && value == atom) &&
        !(value.kind == Atom::Kind::Global && atom.kind == Atom::Kind::Global))
      expand(*where, value, inside, where == &function ? context : nullptr, depth + 1, query);
}

void Ends::expand_argument(const Entered &context, std::size_t index, bool within, int depth, Query &query) {
  for (const Atom &given : context.site->arguments[index])
    if (given.kind != Atom::Kind::Stack) expand(*context.caller, given, within, context.before, depth + 1, query);
  if (within)
    for (const Atom &given : context.site->inside_of(index))
      expand(*context.caller, given, false, context.before, depth + 1, query);
}

void Ends::expand_call(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
                       Query &query) {
  const bool within = atom.inside || inside;
  const CallSite *const found = function.call_at(atom.value);
  if (found == nullptr || !may_go_on(query)) return;
  const CallSite &site = *found;
  const Target target = targets_.of(function, site, context, depth);
  const bool is_result = atom.kind == Atom::Kind::Result;
  // asprintf and its like store one word; what stands behind it in the frame is not theirs. glob fills a structure.
  if (!is_result && atom.at != 0 && (target.of_libc || family_function(target.name) != nullptr)) {
    const LibcObject *const object = find_libc_object(target.name, atom.index);
    if (object == nullptr || !object->is_filled || !atom.inside) return;
  }
  if (target.kind != FlowEnd::Kind::Function) {
    add_call_out(function, site, target, atom, inside, context, depth, query);
    return;
  }
  if (target.local == nullptr) return;
  const std::string_view set_before = query.set_by;
  if (query.set_by.empty()) query.set_by = target.set_by;
  enter_call(function, site, *target.local, atom, within, context, depth, query);
  query.set_by = set_before;
}

// What the file's own function `callee` returns to the call, or stores for it.
void Ends::enter_call(const CodeFunction &function, const CallSite &site, const CodeFunction &callee, const Atom &atom,
                      bool within, const Entered *context, int depth, Query &query) {
  for (const Entered *at = context; at != nullptr; at = at->before)
    if (at->site == &site) return;  // recursion
  const Entered entered{&function, &site, context};
  if (atom.kind == Atom::Kind::Result) {
    for (const Atom &returned : atom.index == 0 ? callee.returns : callee.returns_second)
      expand(callee, returned, within, &entered, depth + 1, query);
    return;
  }
  for (const auto &[parameter, value] : callee.stores)
    if (parameter == atom.index)
      for (const Atom &stored : value) expand(callee, stored, within, &entered, depth + 1, query);
  // A function that only passes its parameter on lets another one store there.
  if (depth < kCallsDeep)
    for (const Passed &passed : passed_on_by(callee))
      if (passed.parameter == atom.index)
        expand_call(callee, {.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site}, within, &entered,
                    depth + 1, query);
}

// Whether the call is one of scanf whose format is known and asks for no block. A text of wide characters is not read.
bool Ends::scans_no_block(const CallSite &site, const Target &target) const {
  const std::int8_t first = first_scanned(target.name);
  if (first <= 0 || target.name.find("wscanf") != std::string_view::npos) return false;
  const std::string format = targets_.text_in(site.arguments[as_index(first) - 1]);
  return !format.empty() && !scans_a_block(format);
}

// A call out of the file, where a way ends: at the function itself, and at the variable that its result is.
void Ends::add_call_out(const CodeFunction &function, const CallSite &site, const Target &target, const Atom &atom,
                        bool inside, const Entered *context, int depth, Query &query) {
  const bool within = atom.inside || inside;
  const bool is_result = atom.kind == Atom::Kind::Result;
  if (!is_result && scans_no_block(site, target)) return;
  if (is_result && within && target.kind == FlowEnd::Kind::Slot && target.name.starts_with("dl"))
    if (const auto variable = targets_.looked_up_by(function, atom.value, context, depth);
        variable && !variable->name.empty())
      add(query, {.kind = FlowEnd::Kind::Variable,
                  .name = is_behind(atom, inside) ? behind(variable->name) : std::string(variable->name)});
  if (is_result && within && target.kind == FlowEnd::Kind::Slot && !target.of_libc &&
      family_function(target.name) == nullptr)
    add(query, {.kind = FlowEnd::Kind::Variable, .name = returned_by(target.name)});
  FlowEnd end = target.end();
  end.index = place_of(atom);
  end.inside = within;
  end.offset = within ? offset_of(atom, inside) : is_result ? FlowEnd::kAnywhere : atom.at;
  end.perhaps = atom.shared;
  if (!is_result) end.from_null = may_be_null(site.inside_of(as_index(atom.index)));
  add(query, end);
}

const std::vector<Passed> &Ends::passed_on_by(const CodeFunction &function) {
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
void Ends::find_givers() {
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
        gives =
            gives || may_be_fresh(function, {.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site});
      if (gives) changed = gives_fresh_.insert(start).second || changed;
    }
  }
}

bool Ends::may_be_fresh(const CodeFunction &function, const Atom &atom) {
  const CallSite *const found = function.call_at(atom.value);
  if (found == nullptr) return false;
  const Target target = targets_.of(function, *found);
  if (target.kind == FlowEnd::Kind::Function) return target.local != nullptr && gives_fresh_.contains(target.address);
  return is_family_call(target.end()) && is_fresh(target.name, place_of(atom));
}

}  // namespace crossheap::flow
