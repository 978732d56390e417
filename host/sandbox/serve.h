// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A started program that is forked for each run. To execute a program and to load its libraries costs more than all
// that a short run does afterwards. So a program that is to run thousands of times may be started once and forked for
// each of them. It waits before it has opened or read anything of a run's. Every run is still a process of its own,
// confined in the same steps and in the same order (child.h). The supervisor, whose child it is, ends it and waits for
// it.
//
// Supervisor and server share one socket. The supervisor sends a Filter once and then a ServedRun for each run, with
// the run's descriptors; the server answers with a Served and the pidfd. Nothing of an earlier run is left for a later
// one but what was there before the first: the server itself opens no plugin.
//
// What differs from an executed program, and who cares plays the case anew (Command::forked is false): all runs of one
// server have its address space layout, and /proc/self/cmdline is the server's.
#pragma once

#include <linux/capability.h>
#include <linux/filter.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "sandbox/child.h"

namespace crossheap::sandbox {

/// The one argument of a program that is started as a server.
inline constexpr const char *kServe = "--serve";

/// The descriptors of a server.
inline constexpr int kServerSocket = 3;      ///< kResultFd of how it is started
inline constexpr int kServerSupervisor = 4;  ///< kGivenFd: a pidfd of the supervisor

/// The first message. As many instructions as its length says; none where there is no filter.
struct Filter {
  static constexpr std::size_t kLimit = 4096;
  sock_filter instructions[kLimit];
};

/// The descriptors that come with a run, in this order. Without Landlock the last one is missing.
enum RunDescriptor : std::uint8_t {
  kRunStart,
  kRunInput,
  kRunOutput,
  kRunResult,
  kRunAnswer,
  kRunLandlock,
  kRunDescriptors
};

struct ServedRun {
  static constexpr std::size_t kWordBytes = 6144;
  static constexpr std::size_t kWords = 64;
  static constexpr std::size_t kLimits = 24;
  static constexpr std::size_t kMapBytes = 48;
  static constexpr std::size_t kPathBytes = 256;

  char words[kWordBytes];  ///< `word_count` of them, each with its null byte; the program's name first
  std::uint32_t word_count;
  char directory[kPathBytes];  ///< "": stay
  bool listens;
  bool waits;
  bool in_namespace;
  std::uint64_t clone_flags;
  ResourceLimit limits[kLimits];
  std::uint32_t limit_count;
  __user_cap_data_struct capabilities[_LINUX_CAPABILITY_U32S_3];
  int ambient_capability;
  uid_t user;
  char user_map[kMapBytes];  ///< "": no user namespace
  char group_map[kMapBytes];
};

/// The answer to a run; the pidfd comes with it where there is a process.
struct Served {
  long process;  ///< its number, or the negative errno
};

/// What the server says when it is ready for its first run: 0, or an errno where it cannot serve.
struct Ready {
  int errno_value;
};

struct Words {
  int count;
  char **words;
};

/// Called first in main() of a program that was started with the one argument kServe: makes it a server. Returns in
/// each run, as if the program had just been executed with the words it returns (static storage); in the server itself
/// it never returns. No allocation, no thread: what is there when it is called is what each run begins with.
Words serve();

}  // namespace crossheap::sandbox
