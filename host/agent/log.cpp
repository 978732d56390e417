// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A record gets its place by one atomic addition to the header's `used`, is filled in, and counts once `complete` is
// set. A process that is killed in between leaves a record that the reader leaves out.
//
// A finding that comes a million times must not fill the log. Its hash (process, hazard, function, owner, releaser and
// both backtraces) names a place in a table of groups. The first one writes a record, all others only raise the group's
// count. Seven eighths of the table are for findings with their backtraces. Where no place is near, the backtraces are
// left out, and the finding counts in the last eighth with all that differ from it in nothing else.
//
// Objects and dlopen calls are written when the first record names them, so a plugin without a finding takes no room.
//
// Processes of other users may write to the log, too. So the settings and the capacity are copied when it is opened,
// and each offset that comes from it is checked.
#include "agent/log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "agent/identity.h"
#include "agent/image.h"
#include "agent/loading.h"
#include "agent/lock.h"
#include "agent/memory.h"

namespace crossheap::agent::log {

namespace {

using event::Kind;

// Other processes write to the log too, and some of them may be another user's: what we go by is copied when it is
// opened, checked, and never read again.
event::Header *header;
std::uint64_t capacity;
event::Settings own_settings{};
std::uint32_t image;
std::uint32_t told_of;  // the process of a family of forks (lock.h) of which something was told: its end is of interest

event::Group *groups() {
  // SAFETY: open() has checked that the file is large enough for what follows the header.
  return reinterpret_cast<event::Group *>(header + 1);
}

/// One record under construction. Its bytes are shared from the start; `complete` makes it count.
class Record {
public:
  Record(Kind kind, std::size_t body_bytes) : Record(kind, body_bytes, own_process_ids()) {}
  Record(Kind kind, std::size_t body_bytes, const ProcessIds &ids) {
    if (header == nullptr) return;
    const std::uint64_t bytes = (sizeof(event::RecordHead) + body_bytes + 7) & ~std::uint64_t{7};
    const std::uint64_t offset = __atomic_fetch_add(&header->used, bytes, __ATOMIC_RELAXED);
    // Whoever may write the log may have put any number there.
    if (offset < event::kRecordsOffset || offset % 8 != 0 || offset > capacity || bytes > capacity - offset) {
      __atomic_fetch_add(&header->lost, 1, __ATOMIC_RELAXED);
      return;
    }
    // SAFETY: inside the mapping, and offsets are multiples of 8.
    head_ = reinterpret_cast<event::RecordHead *>(reinterpret_cast<std::uint8_t *>(header) + offset);
    head_->bytes = static_cast<std::uint32_t>(bytes);
    head_->tag = event::kRecordTag;
    head_->kind = kind;
    head_->pid = ids.pid;
    head_->tid = own_thread_id();
    head_->parent = ids.parent;
    head_->image = image;
    next_ = reinterpret_cast<std::uint8_t *>(head_ + 1);
  }
  Record(const Record &) = delete;
  Record &operator=(const Record &) = delete;
  ~Record() {
    if (head_ != nullptr) __atomic_store_n(&head_->complete, 1, __ATOMIC_RELEASE);
  }

  void add(const void *bytes, std::size_t count) {
    if (head_ == nullptr) return;
    std::memcpy(next_, bytes, count);
    next_ += count;
  }

private:
  event::RecordHead *head_ = nullptr;
  std::uint8_t *next_ = nullptr;
};

template <class Body>
void write(Kind kind, const Body &body, std::string_view text) {
  Record record(kind, sizeof(Body) + text.size());
  record.add(&body, sizeof(Body));
  record.add(text.data(), text.size());
}

std::uint32_t length(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * 0x9e3779b97f4a7c15 ^ (hash >> 29);
}

// Findings that differ in nothing but their backtraces may be more than there are groups. Those for which there is no
// room are counted together, in groups that are kept for them.
constexpr std::size_t kGroupsWithPlaces = event::kGroups / 8 * 7;
constexpr std::size_t kMostProbes = 64;

/// The slot of this key among `count` from `first` on, and whether it is new; kGroups when there is no room.
std::size_t find_group(std::uint64_t key, std::size_t first, std::size_t count, bool &is_new) {
  is_new = false;
  for (std::size_t probe = 0; probe < kMostProbes; ++probe) {
    const std::size_t slot = first + (key + probe) % count;
    std::uint64_t seen = 0;
    if (__atomic_compare_exchange_n(&groups()[slot].key, &seen, key, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
      is_new = true;
      return slot;
    }
    if (seen == key) return slot;
  }
  return event::kGroups;
}

}  // namespace

bool open(const char *path) {
  const int fd = ::open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat status {};
  void *got = MAP_FAILED;
  if (::fstat(fd, &status) == 0 && status.st_size >= static_cast<off_t>(event::kRecordsOffset))
    got = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (got == MAP_FAILED) return false;
  if (!is_quiet()) ::madvise(got, static_cast<std::size_t>(status.st_size), MADV_DONTDUMP);
  auto *const found = static_cast<event::Header *>(got);
  own_settings = found->settings;
  own_settings.frames = std::min<std::uint32_t>(own_settings.frames, event::kMaxFrames);
  capacity = std::min<std::uint64_t>(found->capacity, static_cast<std::uint64_t>(status.st_size));
  if (found->magic != event::kMagic || found->version != event::kVersion || found->functions != kFunctionTable ||
      own_settings.depth > event::Depth::Auto || own_settings.on_crossing > event::OnCrossing::Route) {
    own_settings = {};
    ::munmap(got, static_cast<std::size_t>(status.st_size));
    return false;
  }
  count_mapped(static_cast<std::uint64_t>(status.st_size));
  note_reserved(got, static_cast<std::uint64_t>(status.st_size));
  header = found;
  image = static_cast<std::uint32_t>(__atomic_add_fetch(&header->images, 1, __ATOMIC_RELAXED));
  return true;
}

const event::Settings &settings() { return own_settings; }

void process() {
  const std::string_view text = program_path();
  told_of = fork_generation();
  write(Kind::Process, event::ProcessBody{.text_bytes = length(text), .zero = 0}, text);
}

void object(Object &object) {
  if (__atomic_exchange_n(&object.told, 1, __ATOMIC_RELAXED) != 0) return;
  if (object.opened_by != 0) tell_of_open(object.opened_by);
  const std::string_view text(object.map->l_name);
  write(Kind::Object,
        event::ObjectBody{.base = object.map->l_addr,
                          .begin = object.begin,
                          .end = object.end,
                          .object = object.number,
                          .opened_by = object.opened_by,
                          .link_namespace = object.link_namespace,
                          .text_bytes = length(text),
                          .zero = 0},
        text);
}

void unload(const Object &object) { write(Kind::Unload, event::UnloadBody{.object = object.number, .zero = 0}, {}); }

void instance(Object &object, std::string_view prefix, std::uint32_t interfaces, Family family, std::uint32_t watched,
              std::uint32_t unwatched) {
  log::object(object);
  write(Kind::Instance,
        event::InstanceBody{.object = object.number,
                            .watched = watched,
                            .unwatched = unwatched,
                            .interfaces = interfaces,
                            .text_bytes = length(prefix),
                            .family = static_cast<std::uint32_t>(family)},
        prefix);
}

void unwatched(Object *object, std::string_view function, event::Refusal refusal) {
  if (object != nullptr) log::object(*object);
  write(Kind::Unwatched,
        event::UnwatchedBody{.object = object == nullptr ? kNoObject : object->number,
                             .refusal = refusal,
                             .text_bytes = length(function),
                             .zero = 0},
        function);
}

void unwatched_program(const ProcessIds &process, std::string_view path, event::Refusal refusal) {
  const event::UnwatchedBody body{.object = kNoObject, .refusal = refusal, .text_bytes = length(path), .zero = 0};
  Record record(Kind::Unwatched, sizeof body + path.size(), process);
  record.add(&body, sizeof body);
  record.add(path.data(), path.size());
}

void opened(std::uint32_t number, const char *path, std::uint32_t flags, std::int64_t link_namespace,
            std::uint64_t caller) {
  if (Object *by = object_at(caller)) object(*by);
  const std::string_view text(path);
  write(Kind::Open,
        event::OpenBody{.caller = caller,
                        .link_namespace = link_namespace,
                        .open = number,
                        .flags = flags,
                        .text_bytes = length(text),
                        .zero = 0},
        text);
}

// A server that forks for each request must not fill the log with children of which there is nothing to say.
void exited(std::uint32_t status) {
  if (told_of != fork_generation()) return;
  write(Kind::Exit, event::ExitBody{.status = status, .zero = 0}, {});
}

void child_ended(std::uint32_t pid, std::uint32_t status) {
  write(Kind::ChildEnd, event::ChildEndBody{.pid = pid, .status = status}, {});
}

std::size_t finding(event::FindingBody body, Backtrace release, Backtrace allocation, std::uint64_t times) {
  if (header == nullptr) return event::kGroups;
  std::uint64_t key = mix(own_process_ids().pid, image);
  key = mix(key, static_cast<std::uint64_t>(body.hazard) << 32 | body.function);
  key = mix(key, std::uint64_t{body.owner} << 32 | body.releaser);
  key = mix(key, static_cast<std::uint64_t>(body.detail));
  const std::uint64_t key_without_places = key;
  for (std::size_t i = 0; i < release.count; ++i) key = mix(key, release.addresses[i]);
  for (std::size_t i = 0; i < allocation.count; ++i) key = mix(key, allocation.addresses[i]);
  bool is_new = false;
  std::size_t slot = find_group(key | 1, 0, kGroupsWithPlaces, is_new);
  if (slot == event::kGroups) {
    release.count = allocation.count = 0;
    slot = find_group(key_without_places | 1, kGroupsWithPlaces, event::kGroups - kGroupsWithPlaces, is_new);
  }
  if (slot == event::kGroups) {
    __atomic_fetch_add(&header->lost, 1, __ATOMIC_RELAXED);
    return slot;
  }
  __atomic_fetch_add(&groups()[slot].count, times, __ATOMIC_RELAXED);
  told_of = fork_generation();
  if (!is_new) return slot;
  for (const Backtrace &backtrace : {release, allocation})
    for (std::size_t i = 0; i < backtrace.count; ++i)
      if (Object *passed = object_at(backtrace.addresses[i])) object(*passed);
  for (const std::uint32_t number : {body.owner, body.releaser})
    if (Object *party = object_numbered(number)) object(*party);
  body.group = static_cast<std::uint32_t>(slot);
  body.release_frames = static_cast<std::uint16_t>(release.count);
  body.allocation_frames = static_cast<std::uint16_t>(allocation.count);
  Record record(Kind::Finding, sizeof body + (release.count + allocation.count) * sizeof(std::uint64_t));
  record.add(&body, sizeof body);
  record.add(release.addresses, release.count * sizeof(std::uint64_t));
  record.add(allocation.addresses, allocation.count * sizeof(std::uint64_t));
  return slot;
}

void take_back(std::size_t group) {
  if (header != nullptr && group < event::kGroups) __atomic_fetch_sub(&groups()[group].count, 1, __ATOMIC_RELAXED);
}

}  // namespace crossheap::agent::log
