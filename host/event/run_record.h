// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the runner tells the supervisor over the result descriptor: a stream of records, one for each step, so that a
// crash is known by the step it happened in.
//
// The descriptor is open inside a process that runs a stranger's plugin, so nothing in the stream is believed: a record
// carries the run's random token and a checksum, and the first one that is not in order ends the stream (it is
// "damaged"). Native byte order: both ends are one machine. No C++ runtime is needed to write one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/run_steps.h"

namespace crossheap::event {

enum class RunStep : std::uint16_t {
  None,
#define CROSSHEAP_STEP(name) name,
  CROSSHEAP_RUN_STEPS(CROSSHEAP_STEP)
#undef CROSSHEAP_STEP
};

inline constexpr std::uint32_t kRunRecordMagic = 0x52486358;  // "XcHR"
inline constexpr std::size_t kRunTextLimit = 900;

// ABI: between a runner and a crossheap of the same build; never stored.
struct RunRecordHeader {
  std::uint32_t magic;
  RunStep step;
  std::uint16_t text_length;  ///< bytes of text behind the header, at most kRunTextLimit
  std::uint64_t token;
  std::uint32_t sequence;  ///< counts from 0
  std::uint32_t checksum;  ///< of the header with this field 0, and of the text
};
static_assert(sizeof(RunRecordHeader) == 24);

/// FNV-1a over the header with checksum 0, then over the text.
inline std::uint32_t run_record_checksum(RunRecordHeader header, const char *text) {
  header.checksum = 0;
  std::uint32_t hash = 0x811c9dc5u;
  // SAFETY: any object may be read as bytes.
  const auto *bytes = reinterpret_cast<const unsigned char *>(&header);
  for (std::size_t i = 0; i < sizeof header; ++i) hash = (hash ^ bytes[i]) * 0x01000193u;
  for (std::size_t i = 0; i < header.text_length; ++i)
    hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x01000193u;
  return hash;
}

struct RunRecord {
  RunStep step;
  std::string text;
};

struct RunStream {
  std::vector<RunRecord> records;
  bool damaged = false;  ///< bytes followed that are no record of this run
};

/// Reads what a runner sent; `bytes` are untrusted. Records carrying another token than `token` are damage.
RunStream read_run_stream(std::span<const std::byte> bytes, std::uint64_t token);

}  // namespace crossheap::event
