// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A search through the code, instruction by instruction, from the function's entry. Branches and direct calls are
// followed, and so is every address of code that is taken, for it may be called later. A call through a slot is judged
// by the name in the slot's relocation:
//
//     void operator delete(void *p) noexcept { --live; }          nothing
//     ... { --live; memset(p, 0xdd, 16); }                         nothing: libc's, takes no block and waits for nobody
//     ... { --live; real_free(p); }       a variable               an address, which may be any function
//     ... { --live; free(p); }            a slot named free        a function of the malloc family
//     ... { --live; core_give(p); }        a slot of core_give      followed into the library that it is bound to
//
// What cannot be followed counts as an address, which may be any function: a call by a register, a slot that nothing is
// bound to yet, code that does not decode, and what is behind the 4,096th instruction. So do functions of libc that let
// other code run: while swapcontext or sem_wait lasts, another fiber or thread may release the block. And so does a
// function of the malloc family that another library calls: whose it is, the names in the first object do not say.
//
// The first instructions of the function have made way for a jump, so the search begins in the island and goes on where
// that leads. It is costly, and done once for a function, when the first foreign block comes.
#include "agent/reach.h"

#include <Zydis/Zydis.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "agent/lock.h"
#include "agent/symbols.h"
#include "allocator/names.h"

namespace crossheap::agent {

namespace {

constexpr std::size_t kMostInstructions = 4096;

/// The instructions that were seen or are to be looked at; one search at a time.
struct Search {
  const Object *start;   ///< the function's
  const Object *object;  ///< that of the instructions that are looked at
  Image image;           ///< of the latter
  ZydisDecoder decoder;
  std::uint64_t seen[2 * kMostInstructions];  ///< open addressing; 0: free
  std::size_t seen_count;
  std::uint64_t waiting[kMostInstructions];
  std::size_t waiting_count;
  bool calls_address;  ///< or does what could not be followed
};
Search search;
Lock lock;

/// False where it was seen before, or where there are too many.
bool is_new(std::uint64_t address) {
  constexpr std::size_t kRoom = 2 * kMostInstructions;
  std::size_t at = (address * 0x9e3779b97f4a7c15 >> 40) % kRoom;
  while (search.seen[at] != 0 && search.seen[at] != address) at = (at + 1) % kRoom;
  if (search.seen[at] == address || search.seen_count == kMostInstructions) return false;
  search.seen[at] = address;
  ++search.seen_count;
  return true;
}

bool give_up() {
  search.calls_address = true;
  return false;
}

void look_at(std::uint64_t address) {
  if (search.waiting_count < kMostInstructions)
    search.waiting[search.waiting_count++] = address;
  else
    give_up();
}

bool is_release(const Function &function) { return function.role == Role::Release || function.role == Role::Resize; }

bool takes_blocks(std::string_view name) {
  const Function *const function = find_function(name);
  return name == "dlsym" || name == "dlvsym" || (function != nullptr && is_release(*function));
}

/// Functions of libc in which something else runs before they are back, with the block if it has been told of it:
/// another fiber, a thread that is waited for, a handler.
bool waits_for_others(std::string_view name) {
  // clang-format off
  constexpr std::string_view kThose[] = {
      "swapcontext", "setcontext", "raise", "pthread_kill", "pthread_sigqueue", "sigsuspend", "pause",
      "sem_wait", "sem_timedwait", "sem_clockwait", "pthread_cond_wait", "pthread_cond_timedwait",
      "pthread_cond_clockwait", "pthread_barrier_wait", "pthread_join", "thrd_join", "cnd_wait", "cnd_timedwait",
      "read", "recv", "recvfrom", "recvmsg", "poll", "ppoll", "select", "pselect", "epoll_wait", "eventfd_read", "syscall",
      "sched_yield", "thrd_yield", "nanosleep", "clock_nanosleep", "usleep", "sleep", "thrd_sleep",
      "dlopen", "dlmopen", "dlclose"};
  // clang-format on
  return std::find(std::begin(kThose), std::end(kThose), name) != std::end(kThose);
}

bool is_of_system(const Object &object) { return object.is_libc || is_loader(object); }

/// Whether libc or its loader will be found to define it.
bool is_systems(std::string_view name) {
  const auto defines_it = [name](const Object *object) { return object != nullptr && defines(*object->map, name); };
  return defines_it(libc_of_process()) || defines_it(loader_of_process());
}

/// Whether the loader will bind the name to libc's or its own function, and to no other library's that stands before
/// them. What a library that came later may see is not known.
bool will_be_systems(std::string_view name) {
  const auto defines_it = [](const Object &object, std::string_view wanted) { return defines(*object.map, wanted); };
  return search.object->opened_by == 0 && is_systems(name) && !any_since_start(defines_it, name);
}

/// A function that takes blocks: by the names that the first object refers to, or another one's.
bool meets_release() { return search.object == search.start ? false : give_up(); }

/// What a slot of the object leads to is followed, or harmless. Harmless is what is libc's or its loader's and takes no
/// block.
bool is_slot_harmless(std::uint64_t slot) {
  const Reference reference = reference_in_slot(*search.object->map, slot);
  // Without a name it is a variable of the object's own.
  if (reference.name.empty() || waits_for_others(reference.name)) return give_up();
  if (takes_blocks(reference.name)) return meets_release();
  if (reference.name.starts_with("__cxa_guard_")) return true;  // waits only for the initializer of a static variable
  // SAFETY: the loader writes there what it binds the name to. The library that it finds stays as long as this one.
  const std::uint64_t bound = *reinterpret_cast<const volatile std::uint64_t *>(slot);
  const Object *const holder = object_at(bound);
  if (holder != nullptr && holder != search.object) {
    if (!is_of_system(*holder)) look_at(bound);
    return true;
  }
  if (reference.address != 0) {
    look_at(reference.address);
    return true;
  }
  return will_be_systems(reference.name) || give_up();
}

/// The watched function that begins there: behind its first instructions stands a jump to its island.
const Site *watched_at(std::uint64_t address) {
  const Site *const sites = search.object->sites;
  const Site *const end = sites + search.object->site_count;
  const Site *const found = std::find_if(sites, end, [address](const Site &site) { return site.entry == address; });
  return found == end ? nullptr : found;
}

/// The object that the address is in becomes the one that is looked at.
bool enter_object_of(std::uint64_t address) {
  if (is_code(search.image, address)) return true;
  const Object *const holder = object_at(address);
  if (holder == nullptr) return false;
  search.object = holder;
  search.image = holder->image;
  return is_code(search.image, address);
}

/// Whether the function in the slot does not come back: what stands behind a call of it is another function's.
bool never_returns(std::string_view name) {
  for (const std::string_view known : {"abort", "exit", "_exit", "_Exit", "quick_exit", "__stack_chk_fail",
                                       "__assert_fail", "__fortify_fail", "pthread_exit", "longjmp", "siglongjmp"})
    if (name == known) return true;
  return false;
}

std::uint64_t slot_of(const ZydisDecodedInstruction &decoded, std::uint64_t next) {
  const bool is_slot =
      (decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0 && decoded.raw.modrm.mod == 0 && decoded.raw.modrm.rm == 5;
  return is_slot ? next + static_cast<std::uint64_t>(decoded.raw.disp.value) : 0;
}

bool decode(std::uint64_t address, ZydisDecodedInstruction &decoded) {
  constexpr std::size_t kLongest = 15;
  // SAFETY: code of the object, and the pages behind it are the object's too.
  return is_code(search.image, address) &&
         ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&search.decoder, nullptr, reinterpret_cast<const void *>(address),
                                                    kLongest, &decoded));
}

/// The slot that a stub of the procedure linkage table jumps through; 0 where there is none.
std::uint64_t slot_of_stub(std::uint64_t address) {
  constexpr int kMostInStub = 2;
  for (int i = 0; i < kMostInStub; ++i) {
    ZydisDecodedInstruction decoded;
    if (!decode(address, decoded)) return 0;
    if (decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR)
      return decoded.raw.imm[0].is_relative ? 0 : slot_of(decoded, address + decoded.length);
    if (decoded.mnemonic != ZYDIS_MNEMONIC_ENDBR64) return 0;
    address += decoded.length;
  }
  return 0;
}

/// An address of code that is taken may be called by whoever is given it: a thread that is started, another library.
bool is_address_harmless(std::uint64_t address) {
  if (!is_code(search.image, address)) return true;
  if (const std::uint64_t slot = slot_of_stub(address); slot != 0) return is_slot_harmless(slot);
  look_at(address);
  return true;
}

/// The addresses that an instruction other than a branch takes.
bool takes_harmless_addresses(const ZydisDecodedInstruction &decoded, std::uint64_t next) {
  constexpr unsigned kAddressBits = 32;
  const auto &number = decoded.raw.imm[0];
  if (!number.is_relative && number.size >= kAddressBits && !is_address_harmless(number.value.u)) return false;
  const std::uint64_t place = slot_of(decoded, next);
  if (place == 0) return true;
  if (decoded.mnemonic == ZYDIS_MNEMONIC_LEA) return is_address_harmless(place);
  if (place % sizeof(std::uint64_t) != 0 || !is_writable(search.image, place)) return true;
  // SAFETY: a word of the object's data, or of its table of addresses.
  const std::uint64_t word = *reinterpret_cast<const volatile std::uint64_t *>(place);
  const Object *const holder = object_at(word);
  if (holder == nullptr || !is_code(holder->image, word)) return true;
  return holder == search.object ? is_address_harmless(word) : is_slot_harmless(place);
}

/// The instructions from `address` on to where they leave; false where they may lead to another allocator.
bool follow(std::uint64_t address) {
  if (!enter_object_of(address)) return give_up();
  if (const Site *const site = watched_at(address); site != nullptr && site->is_of_malloc_family)
    return !is_release(function_of(*site)) || meets_release();
  while (is_new(address)) {
    ZydisDecodedInstruction decoded;
    if (!decode(address, decoded)) return give_up();
    const std::uint64_t next = address + decoded.length;
    const bool is_call = decoded.meta.category == ZYDIS_CATEGORY_CALL;
    const bool is_branch =
        is_call || decoded.meta.category == ZYDIS_CATEGORY_COND_BR || decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR;
    if (decoded.meta.category == ZYDIS_CATEGORY_RET || decoded.mnemonic == ZYDIS_MNEMONIC_UD2 ||
        decoded.mnemonic == ZYDIS_MNEMONIC_HLT)
      return true;
    if (is_branch) {
      const bool is_relative = decoded.raw.imm[0].is_relative;
      const std::uint64_t target = next + static_cast<std::uint64_t>(is_relative ? decoded.raw.imm[0].value.s : 0);
      const std::uint64_t slot = is_relative ? slot_of_stub(target) : slot_of(decoded, next);
      if (slot == 0 && !is_relative) return give_up();
      if (slot != 0) {
        if (!is_slot_harmless(slot)) return false;
        if (is_call && never_returns(reference_in_slot(*search.object->map, slot).name)) return true;
      } else {
        look_at(target);
      }
    } else if (!takes_harmless_addresses(decoded, next)) {
      return false;
    }
    if (decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR) return true;
    address = next;
  }
  return search.seen_count < kMostInstructions || give_up();
}

/// The function as it was: its first instructions stand in the island, behind which it goes on.
bool follows_to_the_end(const Site &site) {
  ZydisDecodedInstruction decoded;
  // SAFETY: the island, which ends in jumps.
  auto at = reinterpret_cast<std::uint64_t>(site.resume);
  for (int i = 0; i < 16; ++i) {
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeInstruction(&search.decoder, nullptr, reinterpret_cast<const void *>(at), 15, &decoded)))
      return false;
    const std::uint64_t next = at + decoded.length;
    const bool is_relative = decoded.raw.imm[0].is_relative;
    if (is_relative) look_at(next + static_cast<std::uint64_t>(decoded.raw.imm[0].value.s));
    if (decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR) return is_relative;
    if (decoded.meta.category == ZYDIS_CATEGORY_RET) return true;
    // A call that was moved is a push of where it returns to, which is not followed.
    if (decoded.meta.category == ZYDIS_CATEGORY_PUSH && (decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0)
      return false;
    at = next;
  }
  return false;
}

}  // namespace

Reach reach_of(const Site &site) {
  const Locked locked(lock);
  if (!locked) return Reach::Addresses;
  search.start = search.object = site.object;
  search.seen_count = search.waiting_count = 0;
  search.calls_address = false;
  for (std::uint64_t &address : search.seen) address = 0;
  ZydisDecoderInit(&search.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  search.image = site.object->image;
  bool is_harmless = follows_to_the_end(site);
  search.calls_address = !is_harmless;  // what was not looked at may call anything
  while (search.waiting_count != 0) is_harmless = follow(search.waiting[--search.waiting_count]) && is_harmless;
  if (is_harmless && !search.calls_address) return Reach::Nothing;
  return search.calls_address ? Reach::Addresses : Reach::Functions;
}

}  // namespace crossheap::agent
