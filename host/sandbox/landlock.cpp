// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A Landlock ruleset names the rights it takes away ("handles") and then gives some back below a path. We handle
// every right that changes a file system and give back only writing to /dev/null. Executing is not handled, and reading
// is given back everywhere but in /dev, since a plugin is read from wherever its user keeps it: a terminal that is read
// takes its user's typing away, and root would read whole disks there.
//
// Each version of the interface (ABI) knows more rights, and refuses those it does not know. Debian 12's
// <linux/landlock.h> stops at ABI 2 while the kernel at run time may be newer, so the numbers, which the kernel
// never changes, stand here.
#include "sandbox/landlock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace crossheap::sandbox {

namespace {

/// The kernel's struct landlock_ruleset_attr as of ABI 6. An older kernel is given the fields it knows.
struct RulesetAttributes {
  std::uint64_t handled_fs;
  std::uint64_t handled_net;  // since ABI 4
  std::uint64_t scoped;       // since ABI 6
};

/// The kernel's struct landlock_path_beneath_attr.
struct __attribute__((packed)) PathBeneath {
  std::uint64_t allowed;
  std::int32_t parent_fd;
};
static_assert(sizeof(PathBeneath) == 12);

constexpr unsigned kCreateRulesetVersion = 1U << 0;
constexpr int kRulePathBeneath = 1;

constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kReadFile = 1U << 2;
// From REMOVE_DIR, bit 4, to MAKE_SYM, bit 12: removing and making of every kind of directory entry.
constexpr std::uint64_t kChangeDirectories = 0x1ff0U;
// Bits 6 and 11: what stands for a device is never made.
constexpr std::uint64_t kMakeDevices = 1U << 6 | 1U << 11;
constexpr std::uint64_t kRefer = 1U << 13;
constexpr std::uint64_t kTruncate = 1U << 14;
constexpr std::uint64_t kIoctlDevice = 1U << 15;
constexpr std::uint64_t kBindAndConnectTcp = 3;
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;

/// What each version added. `size` is that of the attributes it accepts.
struct Version {
  int abi;
  std::uint64_t fs;
  std::uint64_t net;
  std::uint64_t scoped;
  std::size_t size;
};
constexpr std::array kVersions{
    Version{1, kWriteFile | kReadFile | kChangeDirectories, 0, 0, offsetof(RulesetAttributes, handled_net)},
    Version{2, kRefer, 0, 0, offsetof(RulesetAttributes, handled_net)},
    Version{3, kTruncate, 0, 0, offsetof(RulesetAttributes, handled_net)},
    Version{4, 0, kBindAndConnectTcp, 0, offsetof(RulesetAttributes, scoped)},
    Version{5, kIoctlDevice, 0, 0, offsetof(RulesetAttributes, scoped)},
    Version{6, 0, 0, kAbstractSocketsAndSignals, sizeof(RulesetAttributes)},
};

/// Gives `rights` back for `path` and what is below it. A path that is not there is nothing to give.
void allow(int ruleset, const char *path, std::uint64_t rights) {
  const OwnedFd beneath(::open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));  // a link may lead into /dev
  if (!beneath) return;
  const PathBeneath rule{rights, beneath.get()};
  ::syscall(SYS_landlock_add_rule, ruleset, kRulePathBeneath, &rule, 0);
}

void allow_reading(int ruleset) {
  const std::unique_ptr<DIR, int (*)(DIR *)> root(::opendir("/"), ::closedir);
  while (const dirent *const entry = root ? ::readdir(root.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && name != "dev") allow(ruleset, ("/" + std::string(name)).c_str(), kReadFile);
  }
  // Not /dev/zero: a shared mapping of it is memory, and only the anonymous kind is counted.
  for (const char *const device : {"/dev/null", "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm"})
    allow(ruleset, device, kReadFile);
}

}  // namespace

Landlock make_landlock(const char *writable, bool tcp) {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kCreateRulesetVersion);
  if (abi < 1) return {};

  RulesetAttributes attributes{};
  std::size_t size = 0;
  for (const Version &version : kVersions) {
    if (version.abi > abi) break;
    attributes.handled_fs |= version.fs;
    attributes.handled_net |= version.net;
    attributes.scoped |= version.scoped;
    size = version.size;
  }
  if (tcp) attributes.handled_net = 0;
  OwnedFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
  if (!ruleset) return {};

  allow_reading(ruleset.get());
  // Without this rule a program that throws its output away is refused the throwing away: strict, but safe.
  allow(ruleset.get(), "/dev/null", attributes.handled_fs & (kWriteFile | kTruncate));
  if (writable != nullptr)
    allow(ruleset.get(), writable, attributes.handled_fs & ~(kMakeDevices | kRefer | kIoctlDevice));
  return {std::move(ruleset), static_cast<int>(abi)};
}

}  // namespace crossheap::sandbox
