// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Records stand one behind the other, each with its length. The writers may have died anywhere, so there are three
// cases:
//
//     length and "complete"       the record is copied
//     length, not "complete"      its writer died while it wrote: counted, passed over
//     no length                   its writer died before that: go on by 8 bytes until a record's tag is found
//
// A finding has no count of its own: that stands in the group it names, in front of the records. The group's count may
// have gone back to 0, where the agent took the finding back.
#include "event/reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "catalog/hazards.h"

namespace crossheap::event {

namespace {

/// Sixteen times what we make.
constexpr std::uint64_t kLogBytesAtMost = std::uint64_t{1} << 30;

/// Takes values off the front of some bytes, as long as there are enough.
class Cursor {
public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  bool take(T &value) {
    if (bytes_.size() < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return true;
  }
  bool take(std::string &text, std::size_t size) {
    if (bytes_.size() < size) return false;
    // SAFETY: any byte is a char.
    text.assign(reinterpret_cast<const char *>(bytes_.data()), size);
    bytes_ = bytes_.subspan(size);
    return true;
  }
  bool take(std::vector<std::uint64_t> &addresses, std::size_t count) {
    if (count > kMaxFrames) return false;
    addresses.resize(count);
    return std::all_of(addresses.begin(), addresses.end(), [this](std::uint64_t &a) { return take(a); });
  }

private:
  std::span<const std::byte> bytes_;
};

using What = decltype(Record::what);

template <class T>
std::optional<What> body_and_text(Cursor cursor, std::string T::*text) {
  T value{};
  if (!cursor.take(value.body) || !cursor.take(value.*text, value.body.text_bytes)) return std::nullopt;
  return value;
}

std::optional<What> read_finding(Cursor cursor, std::span<const Group> groups) {
  Finding finding{};
  if (!cursor.take(finding.body) || finding.body.group >= groups.size() ||
      find_hazard(finding.body.hazard) == nullptr || finding.body.detail > Detail::NoService ||
      !cursor.take(finding.release_stack, finding.body.release_frames) ||
      !cursor.take(finding.allocation_stack, finding.body.allocation_frames))
    return std::nullopt;
  finding.count = groups[finding.body.group].count;  // 0: it turned out to be none
  return finding;
}

std::optional<What> read_body(Kind kind, Cursor cursor, std::span<const Group> groups) {
  switch (kind) {
    case Kind::Process: {
      ProcessBody body{};
      Process process;
      if (!cursor.take(body) || !cursor.take(process.path, body.text_bytes)) return std::nullopt;
      return process;
    }
    case Kind::Object:
      return body_and_text<Object>(cursor, &Object::path);
    case Kind::Instance:
      return body_and_text<Instance>(cursor, &Instance::prefix);
    case Kind::Unwatched:
      return body_and_text<Unwatched>(cursor, &Unwatched::function);
    case Kind::Open:
      return body_and_text<Open>(cursor, &Open::path);
    case Kind::Finding:
      return read_finding(cursor, groups);
    case Kind::Unload: {
      Unload unload{};
      return cursor.take(unload.body) ? std::optional<What>(unload) : std::nullopt;
    }
    case Kind::ChildEnd: {
      ChildEnd end{};
      return cursor.take(end.body) ? std::optional<What>(end) : std::nullopt;
    }
    case Kind::Exit: {
      ExitBody body{};
      return cursor.take(body) ? std::optional<What>(Exit{body.status}) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

Log read_log(std::span<const std::byte> bytes) {
  Header header{};
  Cursor start(bytes);
  if (!start.take(header) || header.magic != kMagic || header.version != kVersion ||
      header.functions != kFunctionTable || bytes.size() < kRecordsOffset)
    throw Error(Blame::Usage, "the log", "is not one that this version of crossheap writes",
                "create it with `crossheap env`, and read it with the same version");
  std::vector<Group> groups(kGroups);
  std::memcpy(groups.data(), bytes.data() + sizeof(Header), kGroups * sizeof(Group));

  Log log;
  log.lost = header.lost;
  const std::size_t end = std::min<std::uint64_t>(header.used, bytes.size());
  bool is_looking = false;
  for (std::size_t at = kRecordsOffset; at < end && end - at >= sizeof(RecordHead);) {
    RecordHead head{};
    std::memcpy(&head, bytes.data() + at, sizeof head);
    if (head.tag != kRecordTag || head.bytes < sizeof head || head.bytes % 8 != 0 || head.bytes > end - at) {
      // Its writer died before it said how long it is: look for the next.
      if (!is_looking) ++log.incomplete;
      is_looking = true;
      at += 8;
      continue;
    }
    is_looking = false;
    const Cursor body(bytes.subspan(at + sizeof head, head.bytes - sizeof head));
    auto what = head.complete == 1 ? read_body(head.kind, body, groups) : std::nullopt;
    if (what)
      log.records.push_back(
          {.pid = head.pid, .tid = head.tid, .parent = head.parent, .image = head.image, .what = std::move(*what)});
    else
      ++log.incomplete;
    at += head.bytes;
  }
  return log;
}

Log read_log_file(int fd, const std::string &name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw system_error(name, "cannot be read", errno);
  if (!S_ISREG(status.st_mode))
    throw Error(Blame::Usage, name, "is no file", "give the file that `crossheap env --log` made");
  // Read, not mapped: whoever may write it may also make it shorter, and a mapping would then end in SIGBUS. What lies
  // behind the part in use is a hole.
  Header header{};
  const auto size = std::min<std::uint64_t>(static_cast<std::uint64_t>(status.st_size), kLogBytesAtMost);
  std::uint64_t wanted = size;
  if (::pread(fd, &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) && header.used >= kRecordsOffset)
    wanted = std::min(size, header.used);
  std::vector<std::byte> bytes(wanted);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t count = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(name, "cannot be read", errno);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  return read_log(std::span(bytes).first(have));
}

}  // namespace crossheap::event
