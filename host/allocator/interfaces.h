// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which interface beside malloc belongs to which family. Each has one, and no family has two.
#pragma once

#include <algorithm>
#include <iterator>

#include "allocator/functions.h"
#include "allocator/marks.h"

namespace crossheap {

struct InterfaceOfFamily {
  Interface interface;
  Family family;
};

/// jemalloc's stands last: tcmalloc offers two functions of it as well.
inline constexpr InterfaceOfFamily kInterfacesOfFamilies[] = {
    {Interface::Mimalloc, Family::Mimalloc}, {Interface::Tcmalloc, Family::Tcmalloc},
    {Interface::Snmalloc, Family::Snmalloc}, {Interface::Tbbmalloc, Family::Tbbmalloc},
    {Interface::Rpmalloc, Family::Rpmalloc}, {Interface::Mozjemalloc, Family::Mozjemalloc},
    {Interface::Jemalloc, Family::Jemalloc},
};

/// Unknown for the interfaces that many allocators provide.
constexpr Family family_of(Interface interface) noexcept {
  for (const InterfaceOfFamily &one : kInterfacesOfFamilies)
    if (one.interface == interface) return one.family;
  return Family::Unknown;
}

/// Whether programs ask `family` for functions of its own, beside malloc: mallctl, mi_heap_new.
constexpr bool has_interface(Family family) noexcept {
  return std::any_of(std::begin(kInterfacesOfFamilies), std::end(kInterfacesOfFamilies),
                     [family](const InterfaceOfFamily &one) { return one.family == family; });
}

}  // namespace crossheap
