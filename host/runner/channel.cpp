// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runner/channel.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace crossheap::runner {

namespace {

constexpr int kResultFd = 3;  // sandbox::kResultFd; the runner includes no layer of the supervisor

std::uint64_t run_token = 0;
std::atomic<std::uint32_t> next_sequence{0};

std::string_view name_of(event::RunStep step) {
  using event::RunStep;
  switch (step) {
    case RunStep::None:
      break;
    case RunStep::Opening:
      return "opening";
    case RunStep::NotOpened:
      return "refused by the loader";
    case RunStep::NotAPlugin:
      return "not a plugin";
    case RunStep::Bound:
      return "bound";
    case RunStep::Offered:
      return "offered";
    case RunStep::StaticTls:
      return "thread-local storage, new | all";
    case RunStep::Giving:
      return "giving";
    case RunStep::Taking:
      return "taking";
    case RunStep::Closing:
      return "closing";
    case RunStep::Pressing:
      return "using both heaps";
    case RunStep::Wrong:
      return "WRONG";
    case RunStep::Failed:
      return "failed";
    case RunStep::NoThread:
      return "a thread cannot be created";
    case RunStep::Arranged:
      return "arranged, the release follows at exit";
    case RunStep::Finished:
      return "finished at exit";
    case RunStep::Verified:
      return "verified";
    case RunStep::Told:
      return "told";
  }
  return "?";
}

void write_once(int fd, const void *bytes, std::size_t size) {
  // A plugin may have timers whose signals come all the time.
  while (::write(fd, bytes, size) < 0 && errno == EINTR) {
  }
}

void write_line(event::RunStep step, std::string_view text) {
  std::array<char, event::kRunTextLimit + 80> line;
  std::size_t used = 0;
  const auto append = [&](std::string_view part) {
    part = part.substr(0, line.size() - 1 - used);
    std::memcpy(line.data() + used, part.data(), part.size());
    used += part.size();
  };
  append(name_of(step));
  if (!text.empty()) append(": ");
  append(text);
  line[used++] = '\n';
  write_once(STDOUT_FILENO, line.data(), used);
}

}  // namespace

void open_channel() {
  std::uint64_t token = 0;
  // Nobody's token is as good as none: the supervisor believes no record that carries another than its own.
  ssize_t count = 0;
  while ((count = ::read(STDIN_FILENO, &token, sizeof token)) < 0 && errno == EINTR) {
  }
  run_token = count == sizeof token ? token : 1;
}

void report(event::RunStep step, std::string_view text) {
  text = text.substr(0, event::kRunTextLimit);
  if (run_token == 0) {
    write_line(step, text);
    return;
  }
  event::RunRecordHeader header{event::kRunRecordMagic, step, static_cast<std::uint16_t>(text.size()), run_token,
                                next_sequence++,        0};
  header.checksum = event::run_record_checksum(header, text.data());
  std::array<char, sizeof header + event::kRunTextLimit> record;
  std::memcpy(record.data(), &header, sizeof header);
  std::memcpy(record.data() + sizeof header, text.data(), text.size());
  write_once(kResultFd, record.data(), sizeof header + text.size());
}

}  // namespace crossheap::runner
