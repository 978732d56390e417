// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as a log, and read as the records behind a good header, then understood. Names are left alone:
// the objects that a log names are none of ours to open.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "allocator/functions.h"
#include "base/error.h"
#include "event/format.h"
#include "event/reader.h"
#include "trace/trace.h"

namespace {

using namespace crossheap;

void read_as_log(std::span<const std::byte> bytes) {
  try {
    trace::understand(event::read_log(bytes), std::nullopt, trace::Names::Leave);
  } catch (const Error &) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  read_as_log(std::as_bytes(std::span(bytes, size)));
  std::vector<std::byte> log(event::kRecordsOffset + size);
  const event::Header header{.magic = event::kMagic,
                             .version = event::kVersion,
                             .header_bytes = event::kRecordsOffset,
                             .capacity = log.size(),
                             .settings = {},
                             .used = log.size(),
                             .lost = 0,
                             .images = 1,
                             .functions = kFunctionTable};
  std::memcpy(log.data(), &header, sizeof header);
  if (size > 0) std::memcpy(log.data() + event::kRecordsOffset, bytes, size);
  read_as_log(log);
  return 0;
}
