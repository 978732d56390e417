// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who obtained which memory: one byte for each 4 KiB page of the address space, in a table that is reserved whole (32
// GiB) and committed where it is used. The byte is the mark of the object that got the page from the kernel; the check
// in front of a release function compares it and does nothing else.
//
// No lock is taken on the way of a check; changes take a lock that a forked child can break.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crossheap::agent::pages {

/// The mark of an object, as it stands in the table.
using Mark = std::uint8_t;
inline constexpr Mark kNobody = 0;  ///< not obtained through anything we watch, or not yet marked
inline constexpr Mark kLastObject = 250;
inline constexpr Mark kWatched = 253;  ///< every block of the page is looked at; owner_of says whose the page is
inline constexpr Mark kShared = 254;   ///< more than one owner in the page: ask the ledger
inline constexpr Mark kOther = 255;    ///< code in no object, or one of too many objects

inline constexpr unsigned kShift = 12;
inline constexpr unsigned kAddressBits = 47;

/// Reserves the table. False when the kernel refuses (RLIMIT_AS, no overcommit).
bool start();

/// The table's first byte, for the checks; an address's byte is at base() + (address >> kShift). A multiple of
/// kAlignment.
inline constexpr std::uint64_t kAlignment = 1 << 16;
std::uint64_t base();

/// [begin, begin + bytes) was obtained by `owner`. [any-thread] [in-malloc]
void obtained(std::uint64_t begin, std::uint64_t bytes, Mark owner);

/// It was given back. [any-thread] [in-malloc]
void returned(std::uint64_t begin, std::uint64_t bytes);

/// A range that the kernel is being asked to take or to move. Another thread may be given it before the call that gave
/// it up is back, so what was marked in between stays.
class Leaving {
public:
  Leaving(std::uint64_t begin, std::uint64_t bytes);
  explicit Leaving(std::uint64_t token) : token_(token) {}
  std::uint64_t token() const { return token_; }  ///< to make it again behind the call
  void stays() const;                             ///< the kernel refused
  /// All behind the first `kept` bytes is no longer ours.
  void gone(std::uint64_t kept = 0) const;

private:
  std::uint64_t token_;
};

/// From now on no check passes the page by its mark alone: its blocks come to the hooks. [any-thread] [in-malloc]
/// False where there is no room to remember whose it is.
bool watch(std::uint64_t address);

/// Whether this owner was ever seen to obtain memory. [any-thread] [in-malloc]
bool has_obtained(Mark owner);

namespace detail {

// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is valid as zero bytes
extern Mark *table;
Mark owner_by_ledger(std::uint64_t address);

}  // namespace detail

/// The owner of the page or, in a shared page, of the byte. Completes the table from the ledger. [any-thread]
/// [in-malloc]
inline Mark owner_of(std::uint64_t address) {
  if (address >> kAddressBits != 0) return kNobody;
  const Mark mark = __atomic_load_n(&detail::table[address >> kShift], __ATOMIC_RELAXED);
  return mark != kNobody && mark != kShared && mark != kWatched ? mark : detail::owner_by_ledger(address);
}

}  // namespace crossheap::agent::pages
