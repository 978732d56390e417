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

namespace crossheap::event {

enum class RunStep : std::uint16_t {
  Opening = 1,  ///< about to dlopen the plugin
  NotOpened,    ///< the loader refused; text: its words
  NotAPlugin,   ///< opened, but the contract is not there or not ours; text: what is missing
  Bound,        ///< which instance a side's function belongs to; text: "host malloc=libc.so.6"
  Offered,      ///< a scenario this image has; text: name|directions|staging|flags|contract|acquired by|released
                ///< by|sentence
  StaticTls,    ///< text: bytes of thread-local storage of the objects that opening mapped, '|', and of all objects
  Giving,       ///< about to call the giver
  Taking,       ///< about to call the taker
  Closing,      ///< about to dlclose the plugin
  Pressing,     ///< about to use both heaps heavily, to see whether they overlap
  Wrong,        ///< a scenario found other contents; text: what
  Failed,       ///< a scenario could not do its work; text: what
  Arranged,     ///< everything before exit is done; the release follows at exit
  Finished,     ///< the release at exit has happened
  Verified,     ///< everything was done and found right
  Told,         ///< of a drill; text: a word, '|', what belongs to it (drill/inside/tell.h)
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
