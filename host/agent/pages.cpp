// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two structures, and a rule which of them knows. Small ranges of whole pages are marked in the table at once. Other
// ranges stand in the ledger, a sorted list without overlaps: large ones, as an allocator may reserve a terabyte, and
// those that share a page with another owner, as at the break. A byte of the table says where to look:
//
//     an object's mark     the table knows
//     0                    nobody's, unless the ledger has it: then the byte is filled in, for the checks to come
//     kShared              several owners in the page: the ledger knows for each address
//     kWatched             every check of the page fails and comes to us; a hash table has the mark
//
// An example: A obtains 1 TiB, and B moves the break from x to x + 0x100, in a page whose beginning is C's.
//
//     ledger    [A's range) A    [page of x, x) C    [x, x + 0x100) B
//     table     zeros for A's range; kShared for the page of x
//     owner_of(p in A's range): the ledger says A, and the byte of p's page becomes A
//
// Clearing must not touch parts of the table that were never written: a read or a write of zeros would commit them, and
// the kernel may not be asked to forget them. A bit for each page of the table tells which were (`touched`).
#include "agent/pages.h"

#include <algorithm>
#include <cstring>

#include "agent/lock.h"
#include "agent/memory.h"

namespace crossheap::agent::pages {

Mark *detail::table;

namespace {

constexpr std::uint64_t kTableBytes = std::uint64_t{1} << (kAddressBits - kShift);
constexpr std::uint64_t kMarkedAtOnce = std::uint64_t{32} << 20;
constexpr std::size_t kLedgerRoom = std::size_t{1} << 16;
constexpr std::uint64_t kMarkedWhenFull = std::uint64_t{64} << 30;

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
  Mark owner;
};

using detail::table;

// Whose the watched pages are: a hash table without removal, since a page that is watched stays so until its memory
// goes.
struct WatchedPage {
  std::uint64_t page;  ///< 0: free
  Mark owner;
};
constexpr std::size_t kWatchedRoom = std::size_t{1} << 16;
WatchedPage *watched_pages;  // under the ledger's lock, as `leaving`
std::size_t watched_count;

WatchedPage *watched_page(std::uint64_t page) {
  for (std::size_t at = page * 0x9e3779b97f4a7c15 >> 48;; at = (at + 1) % kWatchedRoom)
    if (watched_pages[at].page == page || watched_pages[at].page == 0) return &watched_pages[at];
}

// Ranges that are on their way back to the kernel, and what of each somebody was given since.
struct LeavingRange {
  std::uint64_t begin;
  std::uint64_t end;  ///< 0: the place is free
  std::uint64_t taken_begin;
  std::uint64_t taken_end;
  std::uint32_t generation;  ///< of the process (lock.h): a thread that a fork left behind never comes back
};
constexpr std::size_t kLeavingRoom = 64;
LeavingRange leaving[kLeavingRoom];
std::uint32_t leaving_count;  // read without the lock

bool obtained_by[256];

// Ranges that are not (all) in the table, sorted, apart from each other. Readers take the lock too: they come once
// for each page, from the slow side of a check.
Lock ledger_lock;
Range *ledger;
std::size_t ledger_size;

std::uint64_t index_of(std::uint64_t address) { return address >> kShift; }

bool in_reach(std::uint64_t begin, std::uint64_t bytes) {
  return begin < std::uint64_t{1} << kAddressBits && bytes <= (std::uint64_t{1} << kAddressBits) - begin;
}

// Which pages of the table were ever written: clearing a large range must not commit the others, and asking the kernel
// to forget them (madvise) is a call that the program may have forbidden.
constexpr std::uint64_t kTablePages = kTableBytes / kPageBytes;
std::uint64_t touched[kTablePages / 64];

void note_touched(std::uint64_t index) {
  const std::uint64_t page = index / kPageBytes;
  std::uint64_t &word = touched[page / 64];
  const std::uint64_t bit = std::uint64_t{1} << page % 64;
  if ((__atomic_load_n(&word, __ATOMIC_RELAXED) & bit) == 0) __atomic_fetch_or(&word, bit, __ATOMIC_RELAXED);
}

void clear(std::uint64_t first, std::uint64_t last) {
  while (first < last) {
    const std::uint64_t page = first / kPageBytes;
    const std::uint64_t word = __atomic_load_n(&touched[page / 64], __ATOMIC_RELAXED);
    const std::uint64_t end = std::min(last, (page + 1) * kPageBytes);
    if ((word >> page % 64 & 1) != 0) std::memset(table + first, kNobody, end - first);
    first = word == 0 ? std::max(end, (page / 64 + 1) * 64 * kPageBytes) : end;
  }
}

// Sets the bytes of whole pages.
void fill(std::uint64_t first, std::uint64_t last, Mark mark) {
  if (mark == kNobody) {
    clear(first, last);
    return;
  }
  for (std::uint64_t at = page_down(first); at < last; at += kPageBytes) note_touched(at);
  std::memset(table + first, mark, last - first);
}

std::size_t first_ending_behind(std::uint64_t address) {
  const Range *const found = std::upper_bound(ledger, ledger + ledger_size, address,
                                              [](std::uint64_t at, const Range &range) { return at < range.end; });
  return static_cast<std::size_t>(found - ledger);
}

void insert(std::size_t at, const Range &range) {
  if (ledger_size == kLedgerRoom) {  // where it is too large to be marked, its pages stay nobody's: less is seen
    if (range.end - range.begin <= kMarkedWhenFull)
      fill(index_of(range.begin), index_of(page_up(range.end)), range.owner);
    return;
  }
  std::memmove(ledger + at + 1, ledger + at, (ledger_size - at) * sizeof(Range));
  ledger[at] = range;
  ++ledger_size;
}

void erase(std::size_t at) {
  std::memmove(ledger + at, ledger + at + 1, (ledger_size - at - 1) * sizeof(Range));
  --ledger_size;
}

void ledger_remove(std::uint64_t begin, std::uint64_t end) {
  for (std::size_t at = first_ending_behind(begin); at < ledger_size && ledger[at].begin < end;) {
    Range &range = ledger[at];
    if (range.begin < begin && range.end > end) {
      const Range rest{end, range.end, range.owner};
      range.end = begin;
      insert(at + 1, rest);
      return;
    }
    if (range.begin < begin) {
      range.end = begin;
      ++at;
    } else if (range.end > end) {
      range.begin = end;
      return;
    } else {
      erase(at);
    }
  }
}

void ledger_add(std::uint64_t begin, std::uint64_t end, Mark owner) {
  ledger_remove(begin, end);
  const std::size_t at = first_ending_behind(begin);
  if (at > 0 && ledger[at - 1].end == begin && ledger[at - 1].owner == owner) {
    ledger[at - 1].end = end;
    if (at < ledger_size && ledger[at].begin == end && ledger[at].owner == owner) {
      ledger[at - 1].end = ledger[at].end;
      erase(at);
    }
    return;
  }
  insert(at, {begin, end, owner});
}

Mark ledger_owner(std::uint64_t address) {
  const std::size_t at = first_ending_behind(address);
  return at < ledger_size && ledger[at].begin <= address ? ledger[at].owner : kNobody;
}

// Under the lock: [begin, end) has a new owner, and is not to be cleared by whoever is still giving it up.
void take_from_leaving(std::uint64_t begin, std::uint64_t end) {
  for (LeavingRange &range : leaving) {
    if (range.end == 0 || begin >= range.end || end <= range.begin) continue;
    const bool first = range.taken_begin == range.taken_end;
    range.taken_begin = first ? begin : std::min(range.taken_begin, begin);
    range.taken_end = first ? end : std::max(range.taken_end, end);
  }
}

// The one mark for the whole page around `address`, by the ledger; kShared where it has several owners.
Mark page_mark(std::uint64_t address) {
  const std::uint64_t begin = page_down(address);
  const std::uint64_t end = begin + kPageBytes;
  Mark mark = kNobody;
  for (std::size_t at = first_ending_behind(begin); at < ledger_size && ledger[at].begin < end; ++at) {
    if (mark != kNobody && mark != ledger[at].owner) return kShared;
    mark = ledger[at].owner;
  }
  return mark;
}

}  // namespace

bool start() {
  auto *const reserved = static_cast<Mark *>(map_pages(kTableBytes + kAlignment, true));
  // SAFETY: an address as a number.
  const std::uint64_t beyond = reinterpret_cast<std::uint64_t>(reserved) % kAlignment;
  table = reserved == nullptr ? nullptr : reserved + (beyond == 0 ? 0 : kAlignment - beyond);
  ledger = static_cast<Range *>(map_pages(kLedgerRoom * sizeof(Range), true));
  watched_pages = static_cast<WatchedPage *>(map_pages(kWatchedRoom * sizeof(WatchedPage), true));
  return table != nullptr && ledger != nullptr && watched_pages != nullptr;
}

// SAFETY: the checks are machine code and take the table's address as a number.
std::uint64_t base() { return reinterpret_cast<std::uint64_t>(table); }

void obtained(std::uint64_t begin, std::uint64_t bytes, Mark owner) {
  if (!in_reach(begin, bytes) || bytes == 0) return;
  const std::uint64_t end = begin + bytes;
  const bool whole_pages = begin % kPageBytes == 0;
  __atomic_store_n(&obtained_by[owner], true, __ATOMIC_RELAXED);
  const Locked locked(ledger_lock);
  if (locked && __atomic_load_n(&leaving_count, __ATOMIC_ACQUIRE) != 0) take_from_leaving(begin, end);
  if (whole_pages && bytes <= kMarkedAtOnce) {
    if (locked && ledger_size > 0) ledger_remove(begin, page_up(end));
    fill(index_of(begin), index_of(page_up(end)), owner);
    return;
  }
  if (!locked) return;
  if (whole_pages) fill(index_of(begin), index_of(page_up(end)), kNobody);
  const std::uint64_t first_page = page_down(begin);
  // What else lives in the first page keeps its owner: it moves from the table to the ledger.
  const Mark in_table = table[index_of(begin)];
  const Mark before = in_table == kWatched ? watched_page(index_of(begin))->owner : in_table;
  if (!whole_pages && before != kNobody && before != kShared && ledger_owner(first_page) == kNobody)
    ledger_add(first_page, begin, before);
  ledger_add(begin, end, owner);
  if (!whole_pages) {
    for (std::uint64_t page = first_page; page < end && page < first_page + kMarkedAtOnce; page += kPageBytes) {
      note_touched(index_of(page));
      table[index_of(page)] = page_mark(page);
    }
  }
}

void returned(std::uint64_t begin, std::uint64_t bytes) {
  if (!in_reach(begin, bytes) || bytes == 0) return;
  const std::uint64_t end = begin + bytes;
  const Locked locked(ledger_lock);
  if (locked && ledger_size > 0) ledger_remove(begin, end);
  const std::uint64_t whole = page_up(begin);
  if (whole < page_up(end)) fill(index_of(whole), index_of(page_up(end)), kNobody);
}

Leaving::Leaving(std::uint64_t begin, std::uint64_t bytes) : token_(0) {
  if (!in_reach(begin, bytes) || bytes == 0) return;
  const Locked locked(ledger_lock);
  if (!locked) return;
  for (LeavingRange &range : leaving) {
    if (range.end != 0 && range.generation == fork_generation()) continue;
    if (range.end == 0) __atomic_add_fetch(&leaving_count, 1, __ATOMIC_RELEASE);
    range = {begin, begin + bytes, 0, 0, fork_generation()};
    token_ = static_cast<std::uint64_t>(&range - leaving) + 1;
    return;
  }
}

void Leaving::stays() const {
  if (token_ == 0) return;
  if (const Locked locked(ledger_lock); locked) {
    leaving[token_ - 1].end = 0;
    __atomic_sub_fetch(&leaving_count, 1, __ATOMIC_RELEASE);
  }
}

// Where there was no room to note it, the marks stay: an old mark is replaced when the memory is obtained again.
void Leaving::gone(std::uint64_t kept) const {
  if (token_ == 0) return;
  const Locked locked(ledger_lock);
  if (!locked) return;
  LeavingRange &range = leaving[token_ - 1];
  range.begin += kept;
  const std::uint64_t parts[2][2] = {
      {range.begin, range.taken_begin == range.taken_end ? range.end : range.taken_begin},
      {range.taken_end, range.end}};
  const bool is_whole = range.taken_begin == range.taken_end;
  for (const auto &part : parts) {
    if (part[0] >= part[1] || (is_whole && &part != parts)) continue;
    if (ledger_size > 0) ledger_remove(part[0], part[1]);
    const std::uint64_t whole = page_up(part[0]);
    if (whole < page_up(part[1])) fill(index_of(whole), index_of(page_up(part[1])), kNobody);
  }
  range.end = 0;
  __atomic_sub_fetch(&leaving_count, 1, __ATOMIC_RELEASE);
}

bool watch(std::uint64_t address) {
  if (!in_reach(address, 1)) return false;
  const Mark owner = owner_of(address);
  const Locked locked(ledger_lock);
  if (!locked || owner == kNobody) return false;
  Mark &mark = table[index_of(address)];
  if (mark == kShared) return true;  // shared pages are looked at as well
  WatchedPage *const page = watched_page(index_of(address));
  if (page->page == 0 && watched_count == kWatchedRoom / 2) return false;
  if (page->page == 0) ++watched_count;
  *page = {index_of(address), owner};
  Mark expected = owner;
  // Whoever has obtained or returned it since then is right.
  __atomic_compare_exchange_n(&mark, &expected, kWatched, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  const Mark now = __atomic_load_n(&mark, __ATOMIC_RELAXED);
  return now == kWatched || now == kShared;
}

bool has_obtained(Mark owner) { return __atomic_load_n(&obtained_by[owner], __ATOMIC_RELAXED); }

Mark detail::owner_by_ledger(std::uint64_t address) {
  const Locked locked(ledger_lock);  // where it is not to be had, nobody is changing the ledger either
  const Mark mark = table[index_of(address)];
  if (mark == kWatched) return locked ? watched_page(index_of(address))->owner : kOther;
  if (ledger_size == 0 || (mark != kNobody && mark != kShared)) return mark;
  if (locked && mark == kNobody) {
    if (const Mark found = page_mark(address); found != kNobody) {
      note_touched(index_of(address));
      table[index_of(address)] = found;
    }
  }
  return ledger_owner(address);
}

}  // namespace crossheap::agent::pages
