// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/watch.h"

// The header is C's: g++ knows the name, clang does not.
#define _Bool bool
#include <sys/platform/x86.h>
#undef _Bool

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/blocks.h"
#include "agent/crossing.h"
#include "agent/identity.h"
#include "agent/limits.h"
#include "agent/loading.h"
#include "agent/log.h"
#include "agent/memory.h"
#include "agent/memory_hooks.h"
#include "agent/processes.h"
#include "agent/references.h"
#include "agent/relocate.h"
#include "agent/tracking.h"

#include "allocator/marks.h"
#include "allocator/names.h"

namespace crossheap::agent {

namespace {

using event::Refusal;

constexpr std::size_t kMaxTargets = 512;
constexpr std::size_t kIslandBytes = 256;
constexpr std::uint8_t kUnusedBits = 64 - pages::kAddressBits;  // of an address, at its top

/// A function to watch: a row of the table, or one of the named hooks.
struct Target {
  char name[64];  ///< a copy, cut where it is longer: names of the full symbol table go away with its file
  std::uint8_t name_size;
  std::uint8_t prefix_size;
  std::uint64_t address;
  std::uint64_t size;
  std::uint64_t previous;  ///< the nearest function before it, 0 for none
  std::uint64_t next;      ///< and the nearest behind it
  const NamedHook *hook;
  std::uint16_t row;
  bool indirect;
  bool interposable;
  Refusal refusal;
  Displacement displacement;
  std::uint64_t start;  ///< of the island, where the jump leads
};

/// One build of a family in the object, by the prefix of its names: what speaks for it.
struct Build {
  Family family;
  char prefix[48];
  std::uint8_t prefix_size;
  bool extended;   ///< it has more than the standard names
  bool hands_out;  ///< by a function that says so in its name
  bool takes_back;
  std::array<std::uint64_t, 4> rows;  ///< a bit for each row of the table of which it has the name
};
constexpr std::size_t kMaxBuilds = 16;

// The loader's lock is held while objects are opened: one list at a time is enough.
struct {
  std::array<Target, kMaxTargets> targets;
  std::size_t size;
  std::uint32_t interfaces;
  std::uint32_t families;    ///< a bit for each Family of which it defines a symbol that no other has
  bool hands_out_otherwise;  ///< as far as names tell: by a function that is in no table
  bool has_malloc;           ///< or calloc, or one that aligns
  bool has_free;
  std::array<Build, kMaxBuilds> builds;
  std::size_t build_count;
  const Image *image;
} found;

// A name of interest ends as a row of the table does. Most names do not, and one look at three letters says so.
constexpr std::size_t kTails = 4096;
constexpr std::size_t tail_of(std::string_view name) {
  const std::size_t n = name.size();
  const auto letter = [&](std::size_t back) { return static_cast<unsigned char>(name[n - back]); };
  return (letter(1) * std::size_t{961} + letter(2) * std::size_t{31} + letter(3)) % kTails;
}
constexpr std::array<bool, kTails> known_tails() {
  std::array<bool, kTails> known{};
  for (const Function &function : kFunctions) known[tail_of(function.name)] = true;
  return known;
}
constexpr std::array<bool, kTails> kKnownTails = known_tails();

const NamedHook *find_hook(std::string_view name) {
  for (const HookTable &table : {memory_hooks(), loading_hooks(), process_hooks(), identity_hooks(), limit_hooks()})
    for (std::size_t i = 0; i < table.count; ++i)
      if (table.hooks[i].name == name) return &table.hooks[i];
  return nullptr;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void set_name(Target &target, std::string_view name) {
  target.name_size = static_cast<std::uint8_t>(std::min(name.size(), sizeof target.name));
  std::memcpy(target.name, name.data(), target.name_size);
}
std::string_view name_of(const Target &target) { return {target.name, target.name_size}; }
std::string_view prefix_of(const Target &target) { return {target.name, target.prefix_size}; }
std::string_view prefix_of(const Build &build) { return {build.prefix, build.prefix_size}; }

/// The family whose interface a function belongs to, where it says so: a prefixed malloc is jemalloc's.
Family family_of(const Function &function, std::string_view prefix) {
  switch (function.interface) {
    case Interface::Mimalloc:
      return Family::Mimalloc;
    case Interface::Tcmalloc:
      return Family::Tcmalloc;
    case Interface::Snmalloc:
      return Family::Snmalloc;
    case Interface::Jemalloc:
      return Family::Jemalloc;
    case Interface::Standard:
      return prefix.empty() ? Family::Unknown : Family::Jemalloc;
    default:
      return Family::Unknown;
  }
}

Interface interface_of(Family family) {
  switch (family) {
    case Family::Mimalloc:
      return Interface::Mimalloc;
    case Family::Tcmalloc:
      return Interface::Tcmalloc;
    case Family::Snmalloc:
      return Interface::Snmalloc;
    default:
      return Interface::Jemalloc;
  }
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
  if (at == kMaxBuilds) return;
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

void collect(void *, const Definition &definition) {
  if (definition.name.size() < 3) return;
  if (const Family family = family_of_mark(definition.name); family != Family::Unknown)
    found.families |= 1u << static_cast<unsigned>(family);
  Target target{};
  set_name(target, definition.name);
  target.address = definition.address;
  target.size = definition.size;
  target.hook = find_hook(definition.name);
  target.indirect = definition.indirect;
  target.interposable = definition.interposable;
  if (target.hook == nullptr) {
    const auto split = kKnownTails[tail_of(definition.name)] ? split_prefix(definition.name) : std::nullopt;
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
    Target &known = found.targets[i];
    if (known.address != target.address) continue;
    if (target.hook == nullptr && known.hook == nullptr && better(target.row, known.row)) {
      known = target;
    }
    return;
  }
  if (found.size < kMaxTargets) found.targets[found.size++] = target;
}

void find_neighbours(void *, const Definition &definition) {
  Target *const begin = found.targets.data();
  Target *target = std::lower_bound(begin, begin + found.size, definition.address,
                                    [](const Target &t, std::uint64_t address) { return t.address < address; });
  // Callers in its own object may know it by another name, which they alone can use.
  if (target != begin + found.size && target->address == definition.address && !definition.interposable)
    target->interposable = false;
  Target *const behind = target != begin + found.size && target->address == definition.address ? target + 1 : target;
  if (behind != begin + found.size && definition.address > behind->previous) behind->previous = definition.address;
  if (target == begin) return;
  --target;
  if (target->next == 0 || definition.address < target->next) target->next = definition.address;
}

// Notes which entries are led into from elsewhere, or relocated.
void check_references(const Object &object) {
  constexpr std::uint8_t kEndbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
  static std::array<EntryBytes, kMaxTargets> entries;
  bool everywhere = false;
  for (std::size_t i = 0; i < found.size; ++i) {
    const Target &target = found.targets[i];
    // SAFETY: the code of a function that the object defines.
    const bool marked = is_code(*found.image, target.address) &&
                        std::memcmp(reinterpret_cast<const void *>(target.address), kEndbr64, sizeof kEndbr64) == 0;
    entries[i] = {.jump = target.address + (marked ? sizeof kEndbr64 : 0),
                  .previous = target.previous,
                  .next = target.next,
                  .refusal = Refusal::None};
    everywhere = everywhere || !target.interposable;
  }
  find_references(*object.map, *found.image, entries.data(), found.size, everywhere);
  for (std::size_t i = 0; i < found.size; ++i) found.targets[i].refusal = entries[i].refusal;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); });
}

std::string_view base_name(const char *path) {
  const char *const slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

// The C++ runtimes' operators call malloc and are no allocator.
bool is_cxx_runtime(const Object &object) {
  return starts_with_any(base_name(object.map->l_name), {"libstdc++.so", "libc++.so", "libc++abi.so"});
}

bool is_libc(const Object &object) { return starts_with_any(base_name(object.map->l_name), {"libc.so.6", "libc-2."}); }

/// Whether the function calls the malloc family by its references, as any program does: the operators of a C++ runtime,
/// and libc's reallocarray, whose realloc is the process's. Others are found out when they are used.
bool hands_on(const Object &object, const Site &site) {
  return is_cxx_runtime(object) || (object.is_libc && function_of(site).name.ends_with("reallocarray"));
}

bool has_role(Role role) {
  return std::any_of(found.targets.begin(), found.targets.begin() + found.size,
                     [&](const Target &t) { return t.hook == nullptr && kFunctions[t.row].role == role; });
}

void drop_targets(bool (*which)(const Target &)) {
  Target *const begin = found.targets.data();
  found.size = static_cast<std::size_t>(std::remove_if(begin, begin + found.size, which) - begin);
}

/// A name proves nothing: a program's own mi_free may take a menu item. A family is there when several of its functions
/// are, one of which hands out blocks and says so in its name, and one takes them back; or where the object defines
/// what that family alone has. A prefix of two words (duckdb_je_) is no accident either.
bool has_evidence(const Build &build) {
  const bool is_marked = (found.families >> static_cast<unsigned>(build.family) & 1) != 0;
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
  std::uint32_t families = found.families;
  for (std::size_t i = 0; i < found.build_count; ++i) {
    const Build &build = found.builds[i];
    if (!build.extended || !has_evidence(build)) continue;
    families |= 1u << static_cast<unsigned>(build.family);
    found.interfaces |= 1u << static_cast<unsigned>(interface_of(build.family));
  }
  found.families = families;
}

/// Those that keep a heap of their own and know no other allocator.
bool has_own_heap() {
  for (const Family family : {Family::Jemalloc, Family::Mimalloc, Family::Tcmalloc, Family::Snmalloc})
    if ((found.families >> static_cast<unsigned>(family) & 1) != 0) return true;
  return false;
}

/// The functions of libc that are watched beside the malloc family exist under these names elsewhere as well: an
/// emulator has an mmap of its own. tcmalloc's and the sanitizers' are known to be libc's in front of libc's.
bool may_have_hooks(const Object &object) {
  return object.is_libc || starts_with_any(base_name(object.map->l_name), {"libdl.so.2", "libdl-2."});
}
bool is_known_interposer() {
  constexpr auto kBit = [](Family family) { return 1u << static_cast<unsigned>(family); };
  return (found.families & (kBit(Family::Tcmalloc) | kBit(Family::Sanitizer))) != 0;
}
bool is_memory_hook(const NamedHook &hook) {
  const HookTable table = memory_hooks();
  return &hook >= table.hooks && &hook < table.hooks + table.count;
}

/// Names by which an object gets at functions of another allocator.
bool leads_to_other_allocators(std::string_view name) {
  if (name == "dlsym" || name == "dlvsym") return true;
  const Function *const function = find_function(name);
  return function != nullptr && function->role != Role::Measure;
}

// A local function that merely bears such a name (a program's own `static void cfree(...)`) is no allocator: an
// allocator hands out and takes back.
bool is_allocator(const Object &object) {
  // The C++ runtimes' operators are watched for what they are told (sizes), never for whose blocks they take.
  if (is_cxx_runtime(object) && log::settings().depth == event::Depth::Ownership) return false;
  return has_role(Role::Release) && has_role(Role::Allocate);
}

/// How this function is watched at this depth; null where it is not.
struct Watching {
  BeforeHook before = nullptr;
  AfterHook after = nullptr;
  Way enter{};         ///< of entry.S
  bool check = false;  ///< compare the page's mark first, and call the hook only where it differs
};

Watching watching(const Target &target, const Object &object) {
  if (target.hook != nullptr)
    return {.before = target.hook->before,
            .after = target.hook->after,
            .enter = target.hook->after == nullptr ? kEnterBefore : kEnterAround};
  const Role role = kFunctions[target.row].role;
  if (log::settings().depth != event::Depth::Ownership || object.is_tracked) {
    const TrackingHooks hooks = tracking_hooks(role);
    return {.before = hooks.before, .after = hooks.after, .enter = hooks.enter};
  }
  if (role == Role::Measure) return {};

  if (role == Role::Allocate) return {};
  // libc's hand nothing on, so that nothing has to be done behind them.
  if (object.is_libc) return {.before = judge_call, .enter = kEnterBefore, .check = true};
  return {.before = judge_call, .after = after_judged_call, .enter = kEnterAround, .check = true};
}

Refusal plan(Target &target, const Object &object) {
  if (target.indirect) return Refusal::Indirect;
  if (!is_code(*found.image, target.address)) return Refusal::Protected;
  if (object.mark == pages::kOther) return Refusal::TooMany;
  // A symbol without a size ends where the next one begins at the latest.
  const std::uint64_t room = target.next == 0 ? 0 : target.next - target.address;
  const Body body{.bytes = reinterpret_cast<const std::uint8_t *>(target.address),  // SAFETY: mapped code
                  .size = target.size,
                  .padding = room > target.size ? room - target.size : 0,
                  .address = target.address};
  if (target.refusal != Refusal::None) return target.refusal;
  target.displacement = plan_displacement(body);
  if (target.displacement.refusal != Refusal::None) return target.displacement.refusal;
  if (room != 0 && room < target.displacement.offset + kJumpBytes) return Refusal::OtherEntry;
  return Refusal::None;
}

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

/// The island: the way into the hook, the check where there is one, the displaced instructions.
bool write_island(Code &island, Target &target, const Watching &how, Site &site) {
  const Body body{.bytes = reinterpret_cast<const std::uint8_t *>(target.address),  // SAFETY: mapped code
                  .size = target.size,
                  .padding = 0,
                  .address = target.address};
  const auto displaced = [&] {
    site.resume = reinterpret_cast<const void *>(island.here());  // SAFETY: machine code
    return relocate(body, target.displacement, island);
  };
  target.start = island.here();
  if (!how.check) {
    write_way(island, site, how.enter);
    return displaced();
  }
  const std::uint64_t slow = island.here();
  if (site.preserves != 0) {
    write_way(island, site, how.enter);
    if (!displaced()) return false;
    target.start = island.here();
    write_preserving_check(island, site.mark, slow);
    return relocate(body, target.displacement, island);
  }
  if (!write_slow_side(island, site, how.enter) || !displaced()) return false;

  target.start = island.here();
  if (is_repeatable(body, target.displacement)) {
    // Between the displaced instructions and the rest of the function, the check and the jump back are one branch.
    Displacement first = target.displacement;
    first.falls_through = false;
    if (!relocate(body, first, island)) return false;
    write_check(island, site.mark);
    island.op({0x0f, 0x84});  // je: behind the displaced instructions
    island.displacement_to(body.address + target.displacement.offset + target.displacement.length);
    island.jump(slow);
    return island.good();
  }
  write_check(island, site.mark);
  island.op({0x0f, 0x85});  // jne
  island.displacement_to(slow);
  return relocate(body, target.displacement, island);
}

void offer(std::uint64_t &service, std::uint64_t address, bool preferred) {
  if (service == 0 || preferred) service = address;
}

// Remembers what can be called to route a block or to find out where memory comes from. Rows are in the order of
// preference: C before C++ before the extended interfaces.
void note_services(Object &object, const Target &target, const Site *site) {
  if (target.hook != nullptr) return;
  const Function &function = kFunctions[target.row];
  const Arguments &arguments = function.arguments;
  const std::uint64_t address = site == nullptr ? target.address : reinterpret_cast<std::uint64_t>(site->resume);
  if (function.role == Role::Allocate && arguments.align == 0 && arguments.size == 1 &&
      arguments.count == Arguments::kAbsent && arguments.out == Arguments::kAbsent)
    offer(object.services.aligned, address, function.name == "memalign");
  const bool simple = arguments.align == Arguments::kAbsent && arguments.count == Arguments::kAbsent;
  const bool standard = function.interface == Interface::Standard;
  const bool plain = standard && (function.name == "malloc" || function.name == "free" || function.name == "realloc");
  if (!simple || arguments.out != Arguments::kAbsent) return;
  if (function.role == Role::Allocate && arguments.size == 0) offer(object.services.allocate, address, plain);
  if (function.role == Role::Release && arguments.size == Arguments::kAbsent)
    offer(object.services.release, address, plain);
  if (function.role == Role::Resize && arguments.size == 1) offer(object.services.resize, address, plain);
  if (function.role == Role::Query) offer(object.services.usable_size, address, standard);
}

// Writes the jumps. Neighbours in one page share the two changes of its access.
void write_jumps() {
  Target *const end = found.targets.data() + found.size;
  for (Target *begin = found.targets.data(); begin != end;) {
    Target *stop = begin;
    while (stop != end && page_down(stop->address) == page_down(begin->address)) ++stop;
    const std::uint64_t first = begin->address;
    const std::uint64_t last = stop[-1].address + stop[-1].displacement.offset + kJumpBytes;
    const bool writable = set_access(first, last, Access::ReadWrite);
    for (; begin != stop; ++begin) {
      if (begin->start == 0) continue;
      const std::uint64_t at = begin->address + begin->displacement.offset;
      // SAFETY: the entry of a function of this object, just made writable; its code does not run yet.
      Code entry(reinterpret_cast<std::uint8_t *>(at), kJumpBytes, at);
      if (writable) entry.jump(begin->start);
      if (!writable || !entry.good()) begin->refusal = Refusal::Protected;
    }
    if (writable) set_access(first, last, Access::ReadExecute);
  }
}

void report_instance(Object &object) {
  std::uint32_t watched = 0;
  std::uint32_t unwatched = 0;
  std::string_view prefix;
  for (std::size_t i = 0; i < found.size; ++i) {
    const Target &target = found.targets[i];
    if (target.refusal != Refusal::None) log::unwatched(&object, name_of(target), target.refusal);
    if (target.hook != nullptr) continue;
    ++(target.refusal == Refusal::None ? watched : unwatched);
    if (target.prefix_size != 0) prefix = prefix_of(target);
  }
  if (object.is_allocator) log::instance(object, prefix, found.interfaces, watched, unwatched);
}

// Nothing of it that hands out blocks is unnamed or unwatched. A family with heaps (mimalloc's) has more functions.
bool hands_out_all_known(const Object &object) {
  constexpr auto kBit = [](Family family) { return 1u << static_cast<unsigned>(family); };
  constexpr std::uint32_t kComplete = kBit(Family::Glibc) | kBit(Family::Jemalloc) | kBit(Family::Tcmalloc);
  const bool is_known = object.is_libc || (found.families & ~kComplete) == 0;
  if (!object.is_libc && (found.families & kComplete) == 0 && found.hands_out_otherwise) return false;
  return is_known && !object.may_hand_on &&
         std::all_of(found.targets.begin(), found.targets.begin() + found.size, [](const Target &t) {
           const bool hands_out = t.hook == nullptr &&
                                  (kFunctions[t.row].role == Role::Allocate || kFunctions[t.row].role == Role::Resize);
           return !hands_out || t.refusal == Refusal::None;
         });
}

/// Finds out what kind of allocator the object is, by what it defines and refers to, and drops what is not to be
/// watched.
void classify(Object &object) {
  drop_names_without_evidence();
  object.is_libc = is_libc(object);
  if (!may_have_hooks(object)) {
    object.names_memory_functions =
        std::any_of(found.targets.begin(), found.targets.begin() + found.size,
                    [](const Target &t) { return t.hook != nullptr && is_memory_hook(*t.hook); }) &&
        !is_known_interposer();
    if (is_known_interposer())
      drop_targets([](const Target &t) { return t.hook != nullptr && !is_memory_hook(*t.hook); });
    else
      drop_targets([](const Target &t) { return t.hook != nullptr; });
  }
  object.is_allocator = is_allocator(object);
  if (!object.is_allocator) {
    drop_targets([](const Target &t) { return t.hook == nullptr; });
    return;
  }
  if (object.is_libc || is_cxx_runtime(object)) return;
  object.has_own_heap = has_own_heap();
  object.may_hand_on = !object.has_own_heap && refers_to(*object.map, leads_to_other_allocators);
  const bool at_ownership = log::settings().depth == event::Depth::Ownership;
  // Memory that comes neither from another allocator nor by these is not seen, so that its blocks must be.
  const bool is_memory_seen = refers_to(*object.map, [](std::string_view name) {
    return is_one_of(name, {"mmap", "mmap64", "sbrk", "brk", "mremap", "syscall"});
  });
  object.is_tracked =
      at_ownership && !object.has_own_heap && (object.may_hand_on || !is_memory_seen) && blocks::start();
}

}  // namespace

void watch(Object &object, const Image &image) {
  found.size = 0;
  found.interfaces = found.families = 0;
  found.build_count = 0;
  found.has_malloc = found.has_free = found.hands_out_otherwise = false;
  found.image = &image;
  for_each_definition(*object.map, image, collect, nullptr);
  classify(object);
  if (found.size == 0) return;
  Target *const targets = found.targets.data();
  std::sort(targets, targets + found.size, [](const Target &a, const Target &b) { return a.address < b.address; });
  for_each_definition(*object.map, image, find_neighbours, nullptr);
  check_references(object);
  if (object.is_allocator) mark_of(object);

  object.island_bytes = page_up(found.size * kIslandBytes);
  object.islands = map_near(object.begin, object.end, object.island_bytes);
  object.sites = static_cast<Site *>(arena_allocate(found.size * sizeof(Site)));
  for (std::size_t i = 0; i < found.size; ++i) {
    Target &target = targets[i];
    target.start = 0;
    const Watching how = watching(target, object);
    if (how.before == nullptr) {
      target.refusal = Refusal::None;
      note_services(object, target, nullptr);
      continue;
    }
    target.refusal = plan(target, object);
    if (object.islands == nullptr || object.sites == nullptr) target.refusal = Refusal::NoIsland;
    if (target.refusal != Refusal::None) continue;
    Site &site = object.sites[object.site_count];
    site = {.resume = nullptr,
            .before = how.before,
            .after = how.after,
            .passes = 0,
            .mark = object.mark,
            .row = target.row,
            .names_more = target.hook == nullptr && names_more(kFunctions[target.row]),
            .preserves = !target.interposable,
            .object = &object,
            .entry = target.address};
    std::uint8_t *const to = object.islands + object.site_count * kIslandBytes;
    Code island(to, kIslandBytes, reinterpret_cast<std::uint64_t>(to));  // SAFETY: where it will run
    if (!write_island(island, target, how, site)) {
      target.start = 0;
      target.refusal = Refusal::OutOfReach;
      continue;
    }
    ++object.site_count;
    note_services(object, target, &site);
  }
  if (object.islands != nullptr) {
    const auto begin = reinterpret_cast<std::uint64_t>(object.islands);
    set_access(begin, begin + object.island_bytes, Access::ReadExecute);
  }
  write_jumps();
  for (std::uint32_t i = 0; i < object.site_count; ++i)
    if (hands_on(object, object.sites[i])) object.sites[i].passes = 1;
  object.hands_out_all_known = hands_out_all_known(object);
  if (!is_cxx_runtime(object)) report_instance(object);
}

void unwatch(Object &object) {
  if (object.islands != nullptr && !is_quiet()) unmap_near(object.islands, object.island_bytes);
  object.islands = nullptr;
}

}  // namespace crossheap::agent
