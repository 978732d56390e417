// SPDX-License-Identifier: MIT OR Apache-2.0
#include "event/run_record.h"

#include <cstring>

namespace crossheap::event {

RunStream read_run_stream(std::span<const std::byte> bytes, std::uint64_t token) {
  RunStream stream;
  for (std::uint32_t sequence = 0; !bytes.empty(); ++sequence) {
    RunRecordHeader header{};
    if (bytes.size() < sizeof header) break;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.text_length > kRunTextLimit || bytes.size() - sizeof header < header.text_length) break;
    // SAFETY: any object may be read as bytes; the length was checked above.
    const auto *text = reinterpret_cast<const char *>(bytes.data()) + sizeof header;
    const bool ours = header.magic == kRunRecordMagic && header.token == token && header.sequence == sequence &&
                      header.step >= RunStep::Opening && header.step <= RunStep::Told &&
                      header.checksum == run_record_checksum(header, text);
    if (!ours) break;
    stream.records.push_back({header.step, std::string(text, header.text_length)});
    bytes = bytes.subspan(sizeof header + header.text_length);
  }
  stream.damaged = !bytes.empty();
  return stream;
}

}  // namespace crossheap::event
