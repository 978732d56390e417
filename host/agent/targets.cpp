// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One pass over all definitions of the object collects the functions with a name of the malloc family or of a hook.
// Several names of one address are one entry, under the best of them. What follows decides how much of it is believed:
//
//     labels        names without a type (assembly): two more passes tell which of them are functions
//     classify      drops names without evidence, then says what the object is: libc, a C++ runtime, a known family ...
//     neighbours    the nearest functions before and behind each, for the room that a jump has
//     references    what else leads into the first bytes (references.h); whether callers may know registers
//
// An example: a game defines mi_free(menu_item *) and mi_draw. One function of mimalloc's interface, none that hands
// out: no evidence, nothing is watched. A database carries duckdb_je_malloc, duckdb_je_free and duckdb_je_mallocx: a
// prefix of several words, and enough functions behind it. It is taken as jemalloc.
//
// Objects are opened under the loader's lock, so there is one result, in static memory: it is too large for a small
// stack.
#include "agent/targets.h"

#include <algorithm>
#include <cstring>

#include "agent/blocks.h"
#include "agent/identity.h"
#include "agent/limits.h"
#include "agent/loading.h"
#include "agent/locking.h"
#include "agent/log.h"
#include "agent/memory_hooks.h"
#include "agent/processes.h"
#include "agent/references.h"
#include "allocator/interfaces.h"
#include "allocator/libc_names.h"
#include "allocator/names.h"
#include "allocator/tail_filter.h"

namespace crossheap::agent {

namespace {

using event::Refusal;

Targets found;

/// Calls `with(hook)` for each function that is watched for what it does beside handing out blocks, until it answers
/// true.
template <class With>
const NamedHook *find_hook_if(With with) {
  for (const HookTable &table : {memory_hooks(), gift_hooks(), loading_hooks(), process_hooks(), identity_hooks(),
                                 limit_hooks(), locking_hooks()})
    for (std::size_t i = 0; i < table.count; ++i)
      if (with(table.hooks[i])) return &table.hooks[i];
  return nullptr;
}

const NamedHook *find_hook(std::string_view name) {
  // Filled when the first object is looked at. A quarter of what a start costs went into comparing names.
  static constinit TailFilter filter;
  static constinit bool is_filled = false;
  if (!is_filled)
    find_hook_if([](const NamedHook &hook) {
      filter.add(hook.name);
      return false;
    });
  is_filled = true;
  if (!filter.may_contain(name)) return nullptr;
  return find_hook_if([name](const NamedHook &hook) { return hook.name == name; });
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void set_name(Target &target, std::string_view name) {
  target.name_size = static_cast<std::uint8_t>(std::min(name.size(), sizeof target.name));
  std::memcpy(target.name, name.data(), target.name_size);
}
constexpr std::uint32_t bit_of(Family family) { return 1u << static_cast<unsigned>(family); }

std::string_view prefix_of(const Build &build) { return {build.prefix, build.prefix_size}; }

/// The family whose interface a function belongs to, where it says so: a prefixed malloc is jemalloc's.
Family family_of(const Function &function, std::string_view prefix) {
  if (function.interface == Interface::Standard && !prefix.empty()) return Family::Jemalloc;
  return family_of(function.interface);
}

Interface interface_of(Family family) {
  for (const InterfaceOfFamily &one : kInterfacesOfFamilies)
    if (one.family == family) return one.interface;
  return Interface::Jemalloc;
}

bool sounds_like_handing_out(std::string_view name) {
  for (const std::string_view word : {"alloc", "dup", "new", "acquire", "create"})
    if (name.find(word) != std::string_view::npos) return true;
  return false;
}

void note_build(const Function &function, std::string_view prefix) {
  const bool standard = function.interface == Interface::Standard;
  const Family family = standard ? Family::Jemalloc : family_of(function, prefix);
  if (family == Family::Unknown || prefix.size() > sizeof Build::prefix) return;
  std::size_t at = 0;
  while (at < found.build_count && (found.builds[at].family != family || prefix_of(found.builds[at]) != prefix)) ++at;
  if (at == Targets::kMostBuilds) return;
  Build &build = found.builds[at];
  if (at == found.build_count) {
    build = {};
    build.family = family;
    prefix.copy(build.prefix, prefix.size());
    build.prefix_size = static_cast<std::uint8_t>(prefix.size());
    ++found.build_count;
  }
  const auto row = static_cast<std::size_t>(&function - kFunctions);
  build.rows[row / 64] |= std::uint64_t{1} << row % 64;
  build.extended = build.extended || !standard || !prefix.empty();
  build.takes_back = build.takes_back || function.role == Role::Release;
  build.hands_out =
      build.hands_out || (function.role == Role::Allocate && function.name.find("alloc") != std::string_view::npos);
}

// The rows are in the order of preference: C before C++ before the extended interfaces, `free` before `cfree`.
bool better(std::uint16_t row, std::uint16_t than) { return row < than; }

// Assembly may leave out what its functions are. What lies inside another function is a label that code jumps to, and
// so is a name that only its own file knows and that nothing calls: an interpreter's step `free` takes no arguments and
// does not return.
void note_label(const Definition &definition) {
  if (found.label_count == Targets::kMostLabels) return;
  if (find_hook(definition.name) == nullptr && !split_prefix(definition.name)) return;
  for (std::size_t i = 0; i < found.label_count; ++i)
    if (found.labels[i].address == definition.address) return;
  const bool is_function = !definition.is_local || is_called(*found.image, definition.address);
  found.labels[found.label_count++] = {definition.address, is_function};
}
void refuse_labels_inside(void *, const Definition &definition) {
  if (definition.is_untyped) return;
  for (std::size_t i = 0; i < found.label_count; ++i) {
    Label &label = found.labels[i];
    if (label.address > definition.address && label.address - definition.address < definition.size)
      label.is_function = false;
  }
}
bool is_function(const Definition &definition) {
  return std::any_of(found.labels.begin(), found.labels.begin() + found.label_count,
                     [&](const Label &label) { return label.address == definition.address && label.is_function; });
}

void collect(const Definition &definition) {
  if (definition.name.size() < 3) return;
  if (const Family family = family_of_mark(definition.name); family != Family::Unknown) found.marks |= bit_of(family);
  found.has_unwinder =
      found.has_unwinder || definition.name.starts_with("_Unwind_") || definition.name.starts_with("unw_");
  Target target{};
  set_name(target, definition.name);
  target.address = definition.address;
  target.size = definition.size;
  target.hook = find_hook(definition.name);
  target.indirect = definition.indirect;
  target.interposable = definition.interposable;
  if (target.hook == nullptr) {
    const auto split = split_prefix(definition.name);
    if (!split && definition.is_untyped) return;
    if (!split) {
      // Any function that others can call may hand out blocks; of the others only the name tells.
      found.hands_out_otherwise =
          found.hands_out_otherwise || definition.interposable || sounds_like_handing_out(definition.name);
      return;
    }
    target.row = static_cast<std::uint16_t>(split->function - kFunctions);
    note_build(*split->function, split->prefix);
    if (split->function->interface == Interface::Standard && split->prefix.empty()) {
      found.has_free = found.has_free || split->function->name == "free";
      found.has_malloc =
          found.has_malloc || is_one_of(split->function->name, {"malloc", "calloc", "aligned_alloc", "posix_memalign"});
    }
    if (family_of(*split->function, split->prefix) == Family::Unknown)
      found.interfaces |= 1u << static_cast<unsigned>(split->function->interface);
    target.prefix_size = static_cast<std::uint8_t>(std::min(split->prefix.size(), sizeof target.name));
  }
  for (std::size_t i = 0; i < found.size; ++i) {
    Target &known = found.list[i];
    if (known.address != target.address) continue;
    if (target.hook == nullptr && known.hook == nullptr && better(target.row, known.row)) {
      known = target;
    }
    return;
  }
  if (found.size < Targets::kMost) found.list[found.size++] = target;
}

void collect_typed(void *, const Definition &definition) {
  if (definition.is_untyped)
    note_label(definition);
  else
    collect(definition);
}
void collect_untyped(void *, const Definition &definition) {
  if (definition.is_untyped && is_function(definition)) collect(definition);
}

void find_neighbours(void *, const Definition &definition) {
  // A label inside a function, as assemblers and annotating compilers leave them, is no function.
  if (definition.is_untyped) return;
  Target *const begin = found.begin();
  Target *target = std::lower_bound(begin, found.end(), definition.address,
                                    [](const Target &t, std::uint64_t address) { return t.address < address; });
  // Callers in its own object may know it by another name, which they alone can use.
  if (target != found.end() && target->address == definition.address && !definition.interposable)
    target->interposable = false;
  Target *const behind = target != found.end() && target->address == definition.address ? target + 1 : target;
  if (behind != found.end() && definition.address > behind->previous) behind->previous = definition.address;
  if (target == begin) return;
  --target;
  if (target->next == 0 || definition.address < target->next) target->next = definition.address;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); });
}

// The C++ runtimes' operators call malloc and are no allocator. What has a malloc of its own only bears the name.
bool is_cxx_runtime(const Object &object) {
  return starts_with_any(file_name_of(object.map->l_name), {"libstdc++.so", "libc++.so", "libc++abi.so"}) &&
         !found.has_malloc && !found.has_free;
}

/// A file may bear any name. A libc says which one it is.
bool is_libc(const Object &object) {
  return libc_called(file_name_of(object.map->l_name)) == Family::Glibc &&
         definition_of(*object.map, "gnu_get_libc_version") != 0;
}
/// Before glibc 2.34, dlopen and the like stood in a library of their own.
bool is_libdl(const Object &object) {
  return starts_with_any(file_name_of(object.map->l_name), {"libdl.so.2", "libdl-2."}) &&
         definition_of(*object.map, "dlinfo") != 0 && definition_of(*object.map, "dladdr1") != 0;
}

bool has_role(Role role) {
  return std::any_of(found.begin(), found.end(),
                     [&](const Target &t) { return t.hook == nullptr && kFunctions[t.row].role == role; });
}

void drop_targets(bool (*which)(const Target &)) {
  Target *const begin = found.begin();
  found.size = static_cast<std::size_t>(std::remove_if(begin, found.end(), which) - begin);
}

/// A name proves nothing: a program's own mi_free may take a menu item. A family is there when several of its functions
/// are, one of which hands out blocks and says so in its name, and one takes them back; or where the object defines
/// what that family alone has. A prefix of two words (duckdb_je_) is no accident either.
bool has_evidence(const Build &build) {
  const bool is_marked = (found.marks & bit_of(build.family)) != 0;
  const std::string_view prefix = prefix_of(build);
  const bool is_compound = build.family == Family::Jemalloc ? prefix.find('_', 1) + 1 < prefix.size() : !prefix.empty();
  constexpr std::size_t kSeveral = 5;
  std::size_t functions = is_compound ? kSeveral - 2 : 0;
  for (const std::uint64_t word : build.rows) functions += static_cast<std::size_t>(__builtin_popcountll(word));
  return is_marked || (build.hands_out && build.takes_back && functions >= kSeveral);
}

bool has_evidence(const Target &target) {
  const Function &function = kFunctions[target.row];
  // An object without malloc and free has a valloc for something else.
  if (function.interface == Interface::Standard && target.prefix_size == 0) return found.has_free && found.has_malloc;
  const Family family = family_of(function, prefix_of(target));
  if (family == Family::Unknown) return true;
  for (std::size_t i = 0; i < found.build_count; ++i)
    if (found.builds[i].family == family && prefix_of(found.builds[i]) == prefix_of(target))
      return has_evidence(found.builds[i]);
  return false;
}

void drop_names_without_evidence() {
  drop_targets([](const Target &t) { return t.hook == nullptr && !has_evidence(t); });
  std::uint32_t families = found.marks;
  for (std::size_t i = 0; i < found.build_count; ++i) {
    const Build &build = found.builds[i];
    if (!build.extended || !has_evidence(build)) continue;
    families |= bit_of(build.family);
    found.interfaces |= 1u << static_cast<unsigned>(interface_of(build.family));
  }
  found.families = families;
}

/// Those that keep a heap of their own, know no other allocator, and obtain their memory by functions that are seen.
constexpr std::uint32_t kWithOwnHeap = bit_of(Family::Jemalloc) | bit_of(Family::Mimalloc) | bit_of(Family::Tcmalloc) |
                                       bit_of(Family::Snmalloc) | bit_of(Family::Tbbmalloc) | bit_of(Family::Rpmalloc);
bool has_own_heap() { return (found.families & kWithOwnHeap) != 0; }

/// And those whose memory may come by system calls of their own.
bool keeps_strangers() { return (found.families & (kWithOwnHeap | bit_of(Family::Scudo))) != 0; }

/// By the names of an interface alone. What a family's other functions are called is no proof either.
bool is_by_names() {
  if (found.has_malloc && found.has_free) return false;
  return std::none_of(found.begin(), found.end(), [](const Target &t) {
    return t.hook == nullptr && family_of(kFunctions[t.row], prefix_of(t)) == Family::Unknown;
  });
}

/// The functions of libc that are watched beside the malloc family exist under these names elsewhere as well: an
/// emulator has an mmap of its own. tcmalloc's and the sanitizers' are known to be libc's in front of libc's.
bool may_have_hooks(const Object &object) { return object.is_libc || is_libdl(object); }
bool is_known_interposer() { return (found.families & (bit_of(Family::Tcmalloc) | bit_of(Family::Sanitizer))) != 0; }

bool is_in(const NamedHook &hook, HookTable table) { return &hook >= table.hooks && &hook < table.hooks + table.count; }
bool is_memory_hook(const NamedHook &hook) { return is_in(hook, memory_hooks()); }
/// Of an object whose family it is known to be a function of.
bool is_gift_hook(const NamedHook &hook) {
  return is_in(hook, gift_hooks()) && (found.families & (bit_of(Family::Mimalloc) | bit_of(Family::Jemalloc))) != 0;
}

/// Names by which an object gets at functions of another allocator: all, and those that take a block.
bool leads_to_other_allocators(std::string_view name) {
  if (name == "dlsym" || name == "dlvsym") return true;
  const Function *const function = find_function(name);
  return function != nullptr && function->role != Role::Measure;
}
bool leads_to_other_releases(std::string_view name) {
  if (!leads_to_other_allocators(name)) return false;
  const Function *const function = find_function(name);
  return function == nullptr || function->role != Role::Allocate;
}

// A local function that merely bears such a name (a program's own `static void cfree(...)`) is no allocator: an
// allocator hands out and takes back.
bool is_allocator(const Object &object) {
  // The C++ runtimes' operators are watched for what they are told (sizes), never for whose blocks they take.
  if (is_cxx_runtime(object) && log::is_by_pages()) return false;
  return has_role(Role::Release) && has_role(Role::Allocate);
}

/// Finds out what kind of allocator the object is, by what it defines and refers to, and drops what is not to be
/// watched.
void classify(Object &object) {
  drop_names_without_evidence();
  object.is_libc = is_libc(object);
  object.is_cxx_runtime = is_cxx_runtime(object);
  object.has_no_unwinder = found.has_symbol_table && !found.has_unwinder;
  if (!may_have_hooks(object)) {
    object.names_memory_functions =
        std::any_of(found.begin(), found.end(),
                    [](const Target &t) { return t.hook != nullptr && is_memory_hook(*t.hook); }) &&
        !is_known_interposer();
    if (is_known_interposer())
      drop_targets(
          [](const Target &t) { return t.hook != nullptr && !is_memory_hook(*t.hook) && !is_gift_hook(*t.hook); });
    else
      drop_targets([](const Target &t) { return t.hook != nullptr && !is_gift_hook(*t.hook); });
  }
  object.is_allocator = is_allocator(object);
  if (!object.is_allocator) {
    drop_targets([](const Target &t) { return t.hook == nullptr; });
    return;
  }
  // Before glibc 2.34 a program could hang functions of its own into free; that release brought _Fork as well.
  object.releases_alone = object.is_libc && defines(*object.map, "_Fork");
  if (object.is_libc || object.is_cxx_runtime) return;
  object.has_own_heap = has_own_heap();
  object.keeps_strangers = keeps_strangers();
  object.is_by_names = is_by_names();
  object.may_hand_on = !object.has_own_heap && refers_to(*object.map, leads_to_other_releases);
  // Memory that comes neither from another allocator nor by these is not seen, so that its blocks must be. Of the known
  // families it is known where theirs comes from. Any other allocator may have more: pages by a system call of
  // its own, shared memory, arrays on a stack, of a thread or of its caller, and what other libraries map for it.
  const bool is_memory_seen = refers_to(*object.map, [](std::string_view name) {
    return is_one_of(name, {"mmap", "mmap64", "sbrk", "brk", "mremap", "syscall"});
  });
  const bool is_memory_others = refers_to(*object.map, leads_to_other_allocators);
  object.is_tracked = log::is_by_pages() &&
                      (found.families == 0 || !is_memory_seen || (is_memory_others && !object.has_own_heap)) &&
                      blocks::start();
}

/// Whether callers may know which registers the function changes. Of an exported definition a compiler knows nothing,
/// but its author may: it may be written in assembly, keep registers by an attribute (preserve_most), take or answer
/// with floating numbers. Only of the known allocators is it known that their functions are ordinary ones.
bool is_known_to_callers(const Object &object, const Target &target) {
  if (!target.interposable) return true;
  if (target.hook != nullptr || object.is_libc || object.is_cxx_runtime) return false;
  return !object.has_own_heap || (object.is_by_names && found.marks == 0);
}

// Notes whose registers callers may know, and which entries are led into from elsewhere, or relocated.
void check_references(const Object &object) {
  constexpr std::uint8_t kEndbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
  static std::array<EntryBytes, Targets::kMost> entries;
  bool everywhere = false;
  for (std::size_t i = 0; i < found.size; ++i) {
    Target &target = found.list[i];
    // SAFETY: the code of a function that the object defines.
    const bool marked = is_code(*found.image, target.address) &&
                        std::memcmp(reinterpret_cast<const void *>(target.address), kEndbr64, sizeof kEndbr64) == 0;
    entries[i] = {.entry = target.address,
                  .jump = target.address + (marked ? sizeof kEndbr64 : 0),
                  .previous = target.previous,
                  .next = target.next,
                  .refusal = Refusal::None};
    target.interposable = !is_known_to_callers(object, target);
    everywhere = everywhere || !target.interposable;
  }
  find_references(*object.map, *found.image, entries.data(), found.size, everywhere);
  for (std::size_t i = 0; i < found.size; ++i) found.list[i].refusal = entries[i].refusal;
}

}  // namespace

Targets &find_targets(Object &object, const Image &image) {
  found.size = found.build_count = found.label_count = 0;
  found.interfaces = found.families = found.marks = 0;
  found.has_malloc = found.has_free = found.hands_out_otherwise = found.has_unwinder = false;
  found.image = &image;
  found.has_symbol_table = for_each_definition(*object.map, image, collect_typed, nullptr);
  if (found.label_count != 0) {
    for_each_definition(*object.map, image, refuse_labels_inside, nullptr);
    for_each_definition(*object.map, image, collect_untyped, nullptr);
  }
  classify(object);
  if (found.size == 0) return found;
  std::sort(found.begin(), found.end(), [](const Target &a, const Target &b) { return a.address < b.address; });
  for_each_definition(*object.map, image, find_neighbours, nullptr);
  for (std::size_t i = 0; i + 1 < found.size; ++i) {  // those of no type, too
    Target &one = found.list[i];
    Target &other = found.list[i + 1];
    if (one.next == 0 || other.address < one.next) one.next = other.address;
    if (one.address > other.previous) other.previous = one.address;
  }
  check_references(object);
  return found;
}

Family family_of(const Targets &targets, const Object &object) {
  if (object.is_libc) return Family::Glibc;
  constexpr auto kLast = static_cast<std::uint32_t>(Family::Sanitizer);
  for (auto family = static_cast<std::uint32_t>(Family::Jemalloc); family <= kLast; ++family)
    if ((targets.families >> family & 1) != 0) return static_cast<Family>(family);
  return Family::Unknown;
}

}  // namespace crossheap::agent
