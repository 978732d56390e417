// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The block of static thread-local storage, which the loader lays out once, at start.
//
// Each thread has one such block. What the objects of the start need is placed in it, one below the other, and a
// surplus is left for objects that are opened later. An object that addresses its storage directly (initial-exec, as
// jemalloc does) must find room there, or dlopen refuses it. One that asks through TLSDESC takes room only from the
// optional part. Without tunables the surplus is 1,664 bytes: 3 * 144 for further copies of libc, 4 * 144 for other
// libraries, 144, and 512 that are optional.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "binding/process.h"

namespace crossheap::binding {

namespace {

std::uint64_t rounded_up(std::uint64_t number, std::uint64_t to) { return (number + to - 1) / to * to; }

struct TlsSegment {
  std::uint64_t size = 0;
  std::uint64_t align = 1;
  std::uint64_t first_byte = 0;  ///< the address modulo the alignment
};

std::optional<TlsSegment> tls_segment_of(const ObjectFile &file) {
  for (const elf::Segment &segment : file.elf_file.segments()) {
    if (segment.type != PT_TLS || segment.in_memory.size == 0) continue;
    const std::uint64_t align = std::max<std::uint64_t>(segment.align, 1);
    return TlsSegment{segment.in_memory.size, align, segment.in_memory.address % align};
  }
  return std::nullopt;
}

std::uint64_t number_in(std::string_view text, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  if (text.empty()) return otherwise;
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc() ? number : otherwise;
}

}  // namespace

// _dl_determine_tlsoffset for machines that put static TLS below the thread pointer: what is there at start, and a
// surplus for what is opened later (dl-tls.c, dl_tls_static_surplus_init).
void Process::lay_out_static_tls(const std::vector<ObjectIndex> &objects) {
  constexpr std::uint64_t kOfLibc = 144;
  constexpr std::uint64_t kOfOthers = 144;
  constexpr std::uint64_t kLegacy = 144;
  const std::uint64_t namespaces = std::clamp<std::uint64_t>(number_in(tunable(tunables_, "glibc.rtld.nns"), 4), 1, 16);
  static_tls_.optional = number_in(tunable(tunables_, "glibc.rtld.optional_static_tls"), 512);
  const std::uint64_t surplus = (namespaces - 1) * kOfLibc + namespaces * kOfOthers + kLegacy + static_tls_.optional;
  std::uint64_t offset = 0;
  std::uint64_t free_top = 0;
  std::uint64_t free_bottom = 0;
  for (const ObjectIndex index : objects) {
    const auto segment = tls_segment_of(*objects_[index].file);
    if (!segment) continue;
    const std::uint64_t first = (segment->align - segment->first_byte) % segment->align;
    const auto placed_behind = [&](std::uint64_t from) {
      return rounded_up(from + segment->size - first, segment->align) + first;
    };
    static_tls_.align = std::max(static_tls_.align, segment->align);
    objects_[index].in_static_tls = true;
    if (free_bottom - free_top >= segment->size && placed_behind(free_top) <= free_bottom) {
      free_top = placed_behind(free_top);
      continue;
    }
    const std::uint64_t end = placed_behind(offset);
    if (end > offset + segment->size + (free_bottom - free_top)) {
      free_top = offset;
      free_bottom = end - segment->size;
    }
    offset = end;
  }
  static_tls_.used = offset;
  static_tls_.size = rounded_up(offset + surplus, static_tls_.align);
}

// _dl_try_allocate_static_tls: whether the storage of `object` has a place in the block, now or before.
bool Process::take_static_tls(Object &object, bool optional) {
  if (object.in_static_tls) return true;
  const auto segment = tls_segment_of(*object.file);
  if (!segment) return true;
  const std::uint64_t free = static_tls_.size - static_tls_.used;
  const std::uint64_t size = segment->size + segment->first_byte;
  if (segment->align > static_tls_.align || static_tls_.used > static_tls_.size || free < size) return false;
  const std::uint64_t use = free - (free - size) / segment->align * segment->align - segment->first_byte;
  if (optional) {
    if (use > static_tls_.optional) return false;
    static_tls_.optional -= use;
  }
  static_tls_.used += use;
  object.in_static_tls = true;
  return true;
}

// Done when the object is relocated: for its own storage, and for that of others it refers to.
void Process::place_static_tls(ObjectIndex object) {
  const ObjectFile &file = *objects_[object].file;
  if (file.elf_file.header().machine != EM_X86_64 || is_of_musl()) return;
  for (const ObjectFile::StaticTlsUse &use : file.static_tls_uses()) {
    ObjectIndex whose = object;
    if (use.symbol != 0) {
      const auto definition = search(object, use.symbol, TypeClass::Plt).definition;
      if (!definition) continue;
      whose = definition->object;
    }
    if (take_static_tls(objects_[whose], use.optional) || use.optional) continue;
    objects_[whose].in_static_tls = true;  // as if there were room, so that it is said once
    static_tls_problems_.push_back(fmt::format(
        "{}: cannot allocate memory in static TLS block: {} needs {} bytes, {} are left",
        objects_[object].path.string(), objects_[whose].path.filename().string(),
        tls_segment_of(*objects_[whose].file)->size, static_tls_.size - std::min(static_tls_.size, static_tls_.used)));
  }
}

}  // namespace crossheap::binding
