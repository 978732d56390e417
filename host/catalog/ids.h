// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The hazards by name: one value for each, everywhere. The number is the one in the printed id: 104 is XH104. The text
// of each entry is in catalog/hazards.h.
//
// Freestanding: the agent includes this header inside other people's processes, and its log carries these numbers. An
// id is an interface: users filter by it and compare reports over years. It never changes its meaning and is never
// used again.
#pragma once

#include <cstdint>

namespace crossheap {

enum class HazardId : std::uint16_t {
  // Binding: who provides malloc
  DeepBoundPlugin = 101,
  SecondNamespace = 102,
  HalfBoundAllocator = 103,
  IncompleteInterposer = 104,
  NeededOrder = 105,
  UnversionedImports = 106,
  LateInterposer = 107,
  PluginCapturesPlugin = 108,
  PrivateAllocator = 109,
  OverrideNotExported = 110,
  OverrideNotLinked = 111,
  PrefixSurprise = 112,
  WeakProbe = 113,
  UniqueSymbols = 114,
  AllocatorInTable = 115,
  ForwardingShim = 116,
  PreloadWithoutEffect = 117,
  ArtifactRule = 118,
  // Ownership: who frees
  CrossingFree = 201,
  CrossingRealloc = 202,
  CrossingQuery = 203,
  LanguageObjectCrosses = 204,
  WrongPair = 205,
  WrongSize = 206,
  OperatorsInPart = 207,
  NoLiveBlock = 208,
  ExceptionCrosses = 209,
  // Life cycle
  AllocatorUnloaded = 301,
  BlocksOutliveOwner = 302,
  TeardownOrder = 303,
  ForkWithSeveralAllocators = 304,
  FreedAfterThreadEnded = 305,
  AllocationBeforeHandshake = 306,
  // Loader limits and identity
  StaticTlsExhausted = 401,
  DynamicTlsInReplacement = 402,
  TwoInstances = 403,
  TwoCppRuntimes = 404,
  TwoRustShims = 405,
  ForeignLoader = 406,
};

/// Whether the hazard is a block that reaches an allocator which does not own it, at run time.
constexpr bool is_crossing(HazardId id) noexcept {
  return id == HazardId::CrossingFree || id == HazardId::CrossingRealloc || id == HazardId::CrossingQuery;
}

}  // namespace crossheap
