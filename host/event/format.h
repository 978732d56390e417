// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The bytes that cross from a traced process to the supervisor: one file, mapped shared by every traced process, so
// what was written survives SIGKILL, fork and a daemon that closes all its descriptors.
//
//   Header | Group[kGroups] | records, each a RecordHead followed by its body, 8-byte aligned
//
// A writer reserves its record by adding to Header::used, fills it and stores RecordHead::complete last. A record whose
// writer died is skipped by its length, or by looking for the next tag where even the length is missing. What happens
// again and again (one crossing a million times) is one record and a count in its Group. A full log only counts what it
// lost.
//
// Shared by the agent, which has no C++ runtime, and by the reader, which trusts none of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "allocator/functions.h"
#include "catalog/ids.h"

namespace crossheap::event {

inline constexpr std::uint64_t kMagic = 0x474f4c5041454843;  // "CHEAPLOG"
inline constexpr std::uint32_t kVersion = 4;  ///< of the layout; the rows of the function table have their own mark
inline constexpr std::uint32_t kRecordTag = 0x43455243;  // "CREC"
inline constexpr std::size_t kGroups = 4096;
inline constexpr std::size_t kMaxFrames = 64;

/// The environment variable that names the log's path to the agent.
inline constexpr char kLogVariable[] = "CROSSHEAP_LOG";

/// Auto is ownership until blocks of an allocator cross; from then on it records that allocator's allocations, as
/// stacks does for all.
enum class Depth : std::uint8_t { Ownership, Sites, Stacks, Auto };
enum class OnCrossing : std::uint8_t { Report, Abort, Route };

/// What the traced processes are asked to do; written by the supervisor before the first of them starts.
struct Settings {
  Depth depth;
  OnCrossing on_crossing;
  std::uint8_t follow_children;
  std::uint8_t api_mismatch;
  std::uint32_t frames;                 ///< of a backtrace, at most kMaxFrames
  std::uint64_t user_static_tls = 512;  ///< glibc.rtld.optional_static_tls without us, in bytes; glibc's own is 512
};

struct Header {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t header_bytes;  ///< of this structure and the groups: where the records start
  std::uint64_t capacity;      ///< of the file
  Settings settings;
  std::uint64_t used;       ///< offset of the first free byte; beyond capacity when records were lost
  std::uint64_t lost;       ///< records for which there was no room
  std::uint64_t images;     ///< program starts so far
  std::uint64_t functions;  ///< kFunctionTable of the program that made the log: what the numbers of rows mean
};

/// One distinct event and how often it happened.
struct Group {
  std::uint64_t key;  ///< 0 where the slot is free
  std::uint64_t count;
};

enum class Kind : std::uint16_t {
  Process = 1,
  Object,
  Unload,
  Instance,
  Unwatched,
  Open,
  Finding,
  Exit,
  ChildEnd,
};

struct RecordHead {
  std::uint32_t tag;
  std::uint32_t bytes;  ///< head and body, a multiple of 8
  Kind kind;
  std::uint16_t complete;
  std::uint32_t pid;
  std::uint32_t tid;
  std::uint32_t parent;  ///< the pid of the parent process
  std::uint32_t image;   ///< number of the program start (an exec) this process comes from, by forks; from 1
  std::uint32_t zero;
};

// The bodies. Text follows its body directly, without a terminator; `text_bytes` says how long it is.

/// A program began to run in this process (at start, or by exec). Text: its path.
struct ProcessBody {
  std::uint32_t text_bytes;
  std::uint32_t zero;
};

/// The loader mapped an object. Text: its path ("" for the kernel's own).
struct ObjectBody {
  std::uint64_t base;   ///< what is added to the file's addresses
  std::uint64_t begin;  ///< first mapped address
  std::uint64_t end;
  std::uint32_t object;     ///< number of this object in this process, from 1
  std::uint32_t opened_by;  ///< number of the Open record under which it came, 0 at start
  std::int64_t link_namespace;
  std::uint32_t text_bytes;
  std::uint32_t zero;
};

struct UnloadBody {
  std::uint32_t object;
  std::uint32_t zero;
};

/// An object takes part as an allocator. Text: the prefix of its names.
struct InstanceBody {
  std::uint32_t object;
  std::uint32_t watched;     ///< functions
  std::uint32_t unwatched;   ///< functions
  std::uint32_t interfaces;  ///< a bit for each allocator/functions.h Interface of which it defines something
  std::uint32_t text_bytes;
  std::uint32_t family;  ///< a Family (allocator/marks.h): of which the object alone has a symbol, or Unknown
};

/// Why a function (or a whole object) is not watched.
enum class Refusal : std::uint32_t {
  None,
  UnknownSize,      ///< its symbol has no size, so nothing says where it ends
  TooShort,         ///< five bytes for the jump are not there
  Undecodable,      ///< its bytes are no instructions we know
  BranchIntoEntry,  ///< a branch inside the function leads into the bytes that would be replaced
  OtherEntry,       ///< another function starts inside those bytes
  Unrelocatable,    ///< an instruction there cannot be moved
  OutOfReach,       ///< what an instruction there refers to cannot be reached from the island
  NoIsland,         ///< no free memory within 2 GiB
  Protected,        ///< the kernel refused to let the code be changed
  Indirect,         ///< an IFUNC: the symbol is a resolver, not the function
  TooMany,          ///< more allocators in one process than the page table can name
  Forwards,         ///< it hands on to another allocator, which is watched
  Untraceable,      ///< it obtains its memory in a way that is not seen
  NoTable,          ///< the kernel refused the address space for the page table: the whole process is not watched
  // Of a program that the traced one is about to become (exec):
  StaticProgram,   ///< it has no loader
  OtherLoader,     ///< its loader is not glibc's for 64 bits
  SetuidProgram,   ///< the loader ignores LD_AUDIT in it
  WithoutOurs,     ///< its environment does not have our variables
  Restricted,      ///< an object opened after the program had restricted its system calls
  TextRelocation,  ///< the loader writes into the bytes that would be replaced, after we have
  NoNamespace,     ///< a dlmopen that failed because the agent's namespace is one of the 16
  // Of a program again:
  OutOfSight,  ///< it will not be able to open the agent or the log (chroot, another user, a mount over them)
  SeesAgent,   ///< of a function that is watched: it asks who called it, and at depths sites and stacks it is the agent
  WideTls,  ///< a library of it wants its static TLS aligned more widely than the loader can do it with an audit module
  OtherConvention,  ///< it takes its arguments as Windows does, or on the stack
  Disbelieved,    ///< of an object watched until then, an allocator by its functions' names alone: a block is in memory
                  ///< that nobody was seen to obtain
  LimitOfOthers,  ///< of no function: a limit that another process has set, and that a request for memory met
};

/// Text: the function's name; of a program, its path.
struct UnwatchedBody {
  std::uint32_t object;  ///< 0: a whole process or program
  Refusal refusal;
  std::uint32_t text_bytes;
  std::uint32_t zero;
};

/// A call of dlopen or dlmopen. Text: the path as the program gave it.
struct OpenBody {
  std::uint64_t caller;  ///< return address
  std::int64_t link_namespace;
  std::uint32_t open;  ///< number of this call in this program start, from 1
  std::uint32_t flags;
  std::uint32_t text_bytes;
  std::uint32_t zero;
};

/// What kind of misuse it is, and what was done about a crossing.
enum class Detail : std::uint16_t {
  None,
  ReleasedTwice,
  InsideBlock,
  NeverAllocated,
  WrongSize,
  WrongAlignment,
  Routed,
  Withheld,
  NotRouted,  ///< the releaser might have handed it on, and nothing was known before the call
  NoService   ///< the last: the owner has no function that does what the call promises
};

/// What was found.
struct FindingBody {
  std::uint64_t block;
  std::uint64_t size;      ///< as asked for at allocation, 0 where the depth does not know
  std::uint64_t given;     ///< a sized release's size
  std::uint32_t group;     ///< index into the groups
  std::uint32_t owner;     ///< object number, 0 unknown
  std::uint32_t releaser;  ///< object number
  HazardId hazard;
  std::uint16_t function;           ///< row of the table of malloc-family functions: what was called
  std::uint16_t allocated_by;       ///< row, kNoFunction where unknown
  std::uint16_t release_frames;     ///< followed by this many return addresses
  std::uint16_t allocation_frames;  ///< and then by these
  Detail detail;
  std::uint32_t is_by_pointer;  ///< the call was made by an address, so the function that it named may be another one
  std::uint32_t zero;
};
inline constexpr std::uint16_t kNoFunction = 0xffff;

struct ExitBody {
  std::uint32_t status;
  std::uint32_t zero;
};

/// A process was waited for by its parent, whose record this is. `status` is that of wait(2).
struct ChildEndBody {
  std::uint32_t pid;
  std::uint32_t status;
};

static_assert(sizeof(Header) % 8 == 0 && sizeof(Group) == 16 && sizeof(RecordHead) % 8 == 0);
static_assert(sizeof(ObjectBody) % 8 == 0 && sizeof(FindingBody) % 8 == 0 && sizeof(OpenBody) % 8 == 0);

inline constexpr std::size_t kRecordsOffset = sizeof(Header) + kGroups * sizeof(Group);

}  // namespace crossheap::event
