// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The verdict on a plugin: in which hosts, in which load modes, on which allocators is it safe, and what shows it.
//
// A cell of the verdict's table is a profile, one of its load modes, and an allocator. Evidence comes in stages, each
// stronger than the one before: the files alone; the real host, which opens the plugin in the sandbox under the agent;
// drills in a host that stands in for it; calls, so that memory really passes. What a stage could not do is part of the
// result. Nothing is called safe that was not opened, and each cell says what it rests on.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/finding.h"
#include "matrix/selection.h"
#include "profile/profile.h"
#include "sandbox/sandbox.h"
#include "trace/incident.h"

namespace crossheap::check {

/// What the process that opens the plugin has as its malloc.
struct Allocator {
  std::string name;     ///< "as-installed", "jemalloc"
  std::string preload;  ///< the library's path, for LD_PRELOAD; "" for none
  std::string missing;  ///< why it cannot be had; "" where it can
};

/// The allocators that every profile is looked at with: the host as it is installed, and three preloaded.
std::vector<Allocator> usual_allocators();

/// The library called so (a soname, or a path) as an allocator.
Allocator allocator_named(const std::string &name, const std::string &library);

struct Chosen {
  profile::Profile profile;
  profile::Match match;  ///< by what the plugin was recognised as one of this kind
  bool by_name = false;  ///< the user asked for this profile, so its host is tried whatever the plugin looks like
};

struct Request {
  std::filesystem::path plugin;             ///< absolute
  std::vector<std::filesystem::path> with;  ///< other plugins in the same process
  std::optional<std::filesystem::path> contract;
  std::vector<Chosen> profiles;
  std::vector<Allocator> allocators;
  bool static_only = false;
  matrix::Shard shard;  ///< of the profiles above, every N-th is in it
  unsigned jobs = 1;    ///< processes, or threads, at a time
};

enum class Verdict : std::uint8_t { Safe, Unsafe, NotOpened, HostFailsAlone, NotTried };
/// "safe", "unsafe", "not opened", "host fails alone", "not tried".
std::string_view name_of(Verdict verdict) noexcept;
/// The inverse; nothing for other texts.
std::optional<Verdict> find_verdict(std::string_view text) noexcept;

enum class Stage : std::uint8_t { Files, RealHost, Drill, Calls };
/// "files", "real host", "drill", "calls".
std::string_view name_of(Stage stage) noexcept;

enum class State : std::uint8_t { Held, Failed, NotTried };
/// "held", "failed", "not tried".
std::string_view name_of(State state) noexcept;

/// What one stage came to in one cell.
struct Evidence {
  Stage stage{};
  std::string name;  ///< of the drill, or what was done
  State state = State::NotTried;
  std::string reason;  ///< a clause; "" where it held
  std::chrono::milliseconds took{};
  std::string output;  ///< the end of what the program wrote, where it failed
};

struct Cell {
  std::size_t profile = 0;  ///< in Check::profiles
  const LoadMode *mode = nullptr;
  std::size_t allocator = 0;  ///< in Check::allocators
  Verdict verdict = Verdict::NotTried;
  std::string reason;                 ///< a clause
  std::vector<std::string> rests_on;  ///< of a safe cell, never empty
  std::uint64_t calls = 0;            ///< of functions of the plugin
  std::vector<std::size_t> findings;  ///< in Check::findings
  std::vector<Evidence> evidence;
  std::optional<std::size_t> scopes;  ///< in Check::scopes
  bool own_test = false;              ///< the user's own program was run, which calls what it likes

  /// Whether functions of the plugin were called.
  bool proven() const noexcept { return calls > 0 || own_test; }
};

struct Found {
  Finding finding;
  std::optional<trace::Incident> incident;  ///< where it was seen to happen
  Stage stage{};
  std::vector<std::size_t> cells;  ///< in Check::cells; empty: it is about the file itself
  bool known = false;              ///< a baseline accepts it
};

/// Who searches where, and who gets what, in one predicted process.
struct ScopePicture {
  struct Object {
    std::string name, path, role;
    std::uint32_t link_namespace = 0;
    std::vector<std::string> allocates_from, releases_to;
  };
  struct Scopes {
    std::string of;
    std::vector<std::vector<std::string>> order;  ///< each a list of objects, searched in this order
  };
  struct Binding {
    std::string object, symbol, provider, instance, because;
  };
  std::string host, mode;
  std::vector<std::string> preloads;
  std::vector<Object> objects;
  std::vector<Scopes> scopes;
  std::vector<Binding> bindings;
};

struct HostSeen {
  std::string program;        ///< "" where it is not installed
  std::string executable;     ///< that opens the plugins; "" where it is not installed
  std::string other_version;  ///< why the plugin is for another version than `program`, a clause; "" where it is not
};

struct Problem {
  std::string subject, reason, next_step;
};

struct Check {
  std::string plugin;
  std::vector<std::string> with;
  std::vector<Chosen> profiles;
  std::vector<HostSeen> hosts;  ///< one for each profile
  std::vector<Allocator> allocators;
  std::vector<Cell> cells;  ///< by profile, mode, allocator
  std::vector<Found> findings;
  std::vector<ScopePicture> scopes;
  std::vector<Problem> problems;
  bool static_only = false;
  bool interrupted = false;
  matrix::Shard shard;
  std::chrono::milliseconds took{};
  std::vector<std::string> unconfined;  ///< what a run may do because this kernel lacks a protection
};

/// Called now and then with what is being done.
using Progress = std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t of)>;

/// Does all of it. What goes wrong with the plugin is in the answer. Throws Error where the plugin is no shared object
/// of this machine, where a contract is not finished, and where the work itself cannot be done. After supervisor.stop()
/// it answers soon, with what it has.
Check check(const Request &request, sandbox::Supervisor &supervisor, const Progress &progress);

/// Whether a finding of the check is as bad as `level` and not accepted by a baseline.
bool has_findings(const Check &check, Level level);

/// How many cells have this verdict.
std::size_t count(const Check &check, Verdict verdict);

}  // namespace crossheap::check
