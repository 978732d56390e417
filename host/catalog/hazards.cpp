// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The entries. A new one is its value in ids.h, its text here, the rule that finds it, and that rule's tests;
// docs/hazards.md follows by `crossheap explain --markdown`.
#include "catalog/hazards.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <iterator>

namespace crossheap {

namespace {

constexpr Hazard kHazards[] = {
    // Binding: who provides malloc
    {HazardId::DeepBoundPlugin, "deep-bound plugin",
     "RTLD_DEEPBIND binds the plugin to another allocator than the rest of the process",
     "A plugin that works everywhere else crashes, in free, inside a host that loads it with RTLD_DEEPBIND and "
     "replaces malloc.",
     "RTLD_DEEPBIND searches the plugin's own dependencies before the global scope, so its malloc and free come from "
     "libc. Functions of libc that return memory (strdup, getline, asprintf) still use the process's allocator, "
     "because libc's own references were bound to it at start.",
     "`crossheap bind --mode deepbind` shows both providers side by side; `crossheap matrix --mode deepbind` runs the "
     "plugin that way.",
     "Load without RTLD_DEEPBIND, or release every block through the module that handed it out. A plugin cannot undo "
     "the host's flag."},
    {HazardId::SecondNamespace, "second namespace", "a plugin in a link namespace of its own has a heap of its own",
     "Blocks that pass between the program and a plugin loaded with dlmopen corrupt a heap, often without any message.",
     "dlmopen loads a second libc with a heap of its own. Neither LD_PRELOAD nor the executable's malloc reaches into "
     "the new namespace, and two libcs that grow the same brk area may even accept each other's blocks.",
     "`crossheap bind --mode namespace` shows a provider for each namespace; `crossheap trace` shows the crossing.",
     "Treat the namespace as another process: copy what passes between them and free each block where it was "
     "allocated."},
    {HazardId::HalfBoundAllocator, "half-bound allocator", "functions that must come from one allocator come from two",
     "malloc_usable_size, mallctl or mallocx gives a wrong answer, or crashes, on a block that malloc returned.",
     "The plain functions and the extended ones are bound one by one. Where libc stands before libjemalloc in the "
     "search order, malloc is libc's while mallctl, which only jemalloc defines, is jemalloc's.",
     "`crossheap bind --references` lists the provider of each reference: all functions of one interface must have "
     "one.",
     "Link the allocator before libc, or use only the prefixed build's names, for plain and extended functions alike."},
    {HazardId::IncompleteInterposer, "incomplete interposer",
     "a replacement of malloc does not define the whole family of functions",
     "Most of the program runs on the replacement allocator. One rare function (pvalloc, memalign, an aligned operator "
     "new) still comes from libc, and its blocks crash the replacement's free.",
     "Interposition works name by name. libc keeps every name that the replacement does not define.",
     "`crossheap inspect` compares the definitions of a file with the family that libc provides and names those "
     "missing.",
     "Use a build that defines all of them, or provide the missing functions as forwarders in the same object."},
    {HazardId::NeededOrder, "NEEDED order", "an allocator stands too late in the search order to provide malloc",
     "An allocator is linked in, but its functions are never called.",
     "Symbols are searched in the order of NEEDED, breadth first from the executable. An allocator that stands behind "
     "libc, or that only a dependency asks for, comes too late.",
     "`crossheap inspect` shows the order of NEEDED; `crossheap bind` shows who won.",
     "Name the allocator first on the executable's link line, with -Wl,--no-as-needed, or preload it."},
    {HazardId::UnversionedImports, "unversioned imports",
     "malloc functions are imported without the version that libc gives them",
     "Functions of one family come from different providers although one library exports them all.",
     "References without a version bind to any definition of the name, those with a version only to a matching or "
     "unversioned one. An object linked with -nostdlib or against a stub mixes both kinds.",
     "`crossheap inspect` names unversioned references to functions that libc versions.",
     "Link the object against the real libc, so that its references carry versions."},
    {HazardId::LateInterposer, "late interposer", "a library that exports malloc is loaded after the program started",
     "The process crashes some time after a library was opened that brings its own malloc.",
     "Opening a library that exports malloc or operator new does not change bindings that exist, but serves those made "
     "later: new libraries, and functions of old ones that are called for the first time under lazy binding. One "
     "object may then allocate here and release there.",
     "`crossheap inspect` names libraries that export the family; `crossheap bind --observe` reads the slots back "
     "after loading.",
     "Load allocators at start (NEEDED or LD_PRELOAD) or keep their functions hidden."},
    {HazardId::PluginCapturesPlugin, "plugin captures plugin", "the allocator of one plugin serves another plugin",
     "Two plugins work alone and crash together, in one load order only.",
     "A plugin loaded with RTLD_GLOBAL, or a dependency that two plugins share, puts its allocator into the scope in "
     "which the next plugin is searched.",
     "`crossheap bind --after` and `crossheap bind --all-orders` compare the bindings in each order.",
     "Load plugins with RTLD_LOCAL and hide allocator symbols in each of them."},
    {HazardId::PrivateAllocator, "private allocator by hiding",
     "an object releases libc's blocks to an allocator hidden inside it",
     "The plugin crashes when it frees what strdup, getline or another function of libc returned.",
     "A version script, --exclude-libs, -Bsymbolic or hidden visibility bound the plugin's own malloc and free to an "
     "allocator inside it. libc's blocks still come from the process's allocator.",
     "`crossheap inspect` finds an allocator inside, no import of malloc or free, and imports of functions that return "
     "heap memory.",
     "Release libc's blocks with libc's free (through an import), or do not ask libc for blocks: use caller-supplied "
     "buffers. Or remove the private allocator."},
    {HazardId::OverrideNotExported, "override not exported",
     "the program's own allocator is not exported, so libraries and plugins use libc's",
     "The host uses its replacement allocator and every plugin uses libc's.",
     "The executable contains malloc, but not in its dynamic symbol table (--exclude-libs, a version script, hidden "
     "visibility, no -rdynamic), so no library can bind to it.",
     "`crossheap inspect` finds an allocator in the executable that is not among its dynamic symbols.",
     "Export the whole family: -Wl,--export-dynamic-symbol for each function, or a dynamic list."},
    {HazardId::OverrideNotLinked, "override not linked",
     "the program is configured for an allocator that the linker left out",
     "A static allocator is on the link line and the program runs on libc's.",
     "The linker takes a member of an archive only for a symbol that is still undefined. When libc comes first, or "
     "nothing refers to malloc yet, nothing asks for the member.",
     "`crossheap inspect` finds the configuration of an allocator in a program that contains none.",
     "Link the archive with -Wl,--whole-archive or name one of its symbols with -Wl,-u,malloc."},
    {HazardId::PrefixSurprise, "prefix surprise", "the configuration of a prefixed allocator uses the unprefixed name",
     "Options given in MALLOC_CONF, or compiled in as malloc_conf, have no effect.",
     "A prefixed jemalloc renames its configuration as well: with the prefix _rjem_ it reads _RJEM_MALLOC_CONF and the "
     "variable _rjem_malloc_conf.",
     "`crossheap inspect` names the prefix and a configuration variable that does not match it.",
     "Use the prefixed names for the variable and for the environment."},
    {HazardId::WeakProbe, "weak probe", "a weak reference decides which allocator the program believes to have",
     "The program believes that it runs on jemalloc or tcmalloc, and does not.",
     "The program takes a weak reference to mallctl or mallocx as proof. Any library in the process that defines the "
     "name makes the probe succeed, whoever provides malloc.",
     "`crossheap inspect` lists weak references to extended functions.",
     "Ask the block's owner instead: compare the providers of malloc and of the extended function."},
    {HazardId::UniqueSymbols, "unique symbols", "exported unique symbols are shared by the whole process",
     "Two plugins share a pool or a static object that each believes to be its own, or one of them can never be "
     "unloaded.",
     "GCC makes GNU_UNIQUE symbols of inline and template statics. They bind to the first definition in the process, "
     "even "
     "across RTLD_LOCAL, and pin the object that holds it.",
     "`crossheap inspect` counts exported GNU_UNIQUE definitions.",
     "Compile plugins with -fno-gnu-unique or hide the symbols with a version script."},
    {HazardId::AllocatorInTable, "allocator in a table", "a table holds the address of an allocation function",
     "A library that was given callbacks releases its blocks with another module's free.",
     "A table of functions holds addresses of malloc and free. Such slots are filled by data relocations, in another "
     "object's scope than the code that calls through them, and no tool that reads the PLT sees them.",
     "`crossheap inspect` names data relocations to the family.",
     "Fill both halves of a table in one module, from one provider, and document who releases."},
    {HazardId::ForwardingShim, "forwarding shim", "a wrapper of malloc looks the real malloc up at run time",
     "A wrapper around malloc works when preloaded and recurses or reaches the wrong heap when loaded otherwise.",
     "dlsym(RTLD_NEXT) answers the next definition behind the caller in the caller's search order, which differs under "
     "RTLD_DEEPBIND and in another namespace.",
     "`crossheap inspect` finds an object that defines the family and imports dlsym, without an allocator inside.",
     "Forward to __libc_malloc or to a provider that is named, or refuse to run where the answer is one's own "
     "function."},
    {HazardId::PreloadWithoutEffect, "preload that did not happen", "LD_PRELOAD has no effect",
     "LD_PRELOAD is set, and the program still runs on libc's malloc.",
     "ld.so only warns when a preloaded file is missing or of the wrong class, and ignores paths in secure mode "
     "(setuid, file capabilities).",
     "`crossheap which-malloc --preload` and `crossheap bind --preload` name the provider that the program really "
     "gets.",
     "Use an absolute path that exists for the program's class and check the provider at start."},
    {HazardId::ArtifactRule, "artifact carries what it must not",
     "the kind of file does not permit the allocator it carries or lacks",
     "Two components that both decided on an allocator end up in one process.",
     "The executable decides which allocator a process uses. A static library with an allocator inside, or a shared "
     "library that exports malloc, takes that decision away. An executable that claims an override and has none leaves "
     "a hole.",
     "`crossheap inspect --policy artifact` checks the rule by kind of file and fails on it.",
     "Leave the allocator out of libraries: keep the symbols of the allocation ABI undefined until the final link."},
    // Ownership: who frees
    {HazardId::CrossingFree, "crossing free", "a block was released to an allocator that does not own it",
     "The program aborts with a message of the wrong allocator, dies of SIGSEGV, or silently corrupts a heap.",
     "A block is released by an allocator instance that did not hand it out.",
     "`crossheap trace` names the owner and the releaser before the crash.",
     "Release each block in the module that allocated it, or share one provider through the allocation ABI."},
    {HazardId::CrossingRealloc, "crossing realloc", "a block was resized by an allocator that does not own it",
     "A container that grows on the other side aborts, crashes or corrupts a heap.",
     "realloc, reallocarray or rallocx of one instance is handed a block of another.",
     "`crossheap trace` names the owner and the releaser.", "Let only the owning module resize its blocks."},
    {HazardId::CrossingQuery, "crossing query", "an allocator was asked about a block that it does not own",
     "A size is wrong, or a function that only asks crashes.",
     "malloc_usable_size or sallocx of one instance reads the metadata of a block of another.",
     "`crossheap trace` names the owner and the releaser.", "Remember the size yourself, or ask through the owner."},
    {HazardId::LanguageObjectCrosses, "language object crosses",
     "an object that owns heap memory passes between modules",
     "A std::string, Vec or Box that was made on one side is grown or dropped on the other and takes the heap with it.",
     "The object carries a block, and its destructor or growth runs the allocator of the module it is compiled into.",
     "No command reports it under this id: `crossheap trace` reports its block as XH201 or XH202, with the language's "
     "own functions in the stacks.",
     "Pass views or plain buffers with a release function; never pass owning language objects between modules."},
    {HazardId::WrongPair, "wrong API pair", "a block was released by a function of another interface",
     "The program works with most allocators and fails with some.",
     "Memory of new goes to free, of new[] to delete, or of aligned_alloc to delete: the same heap, but the wrong "
     "function.",
     "`crossheap trace --api-mismatch` reports it; without that option it is not looked for.",
     "Use the release function that belongs to the allocating one."},
    {HazardId::WrongSize, "sized release, wrong size", "a block was released with another size or alignment",
     "A heap is corrupted, or the program crashes long after the release.",
     "sdallocx, sized operator delete or free_sized was told another size or alignment than was asked for; the "
     "allocator believes it.",
     "`crossheap trace --depth sites` compares the size at release with the size at allocation.",
     "Pass the size that was requested, of the most derived type, or use the unsized form."},
    {HazardId::OperatorsInPart, "operators replaced in part", "only some forms of operator new and delete are replaced",
     "Memory of one form of operator new is released by another allocator's operator delete.",
     "Of the operators' plain, array, sized, aligned and nothrow forms only some are replaced. The standard library's "
     "remaining forms may forward to the replaced ones or to malloc, by version.",
     "`crossheap inspect` lists the forms an object defines and those that are missing.",
     "Replace all forms of operator new and delete, or none."},
    {HazardId::NoLiveBlock, "released twice, or inside a block", "what was released is no live block",
     "The program aborts or corrupts a heap.",
     "The pointer is not the start of a live block: it was released before, or points into one.",
     "`crossheap trace --depth sites` shows the block and where it came from.",
     "Find the second owner by the two release sites."},
    {HazardId::ExceptionCrosses, "exception crosses", "an exception passes between two C++ runtimes",
     "The program crashes while it handles or destroys an exception.",
     "With two copies of the C++ runtime or its unwinder an exception may not reach its catcher. What the exception "
     "carries may be made by one and released by the other. The exception object itself goes home: the "
     "thrower's clean-up function travels in its header.",
     "No command reports it under this id: `crossheap inspect` reports a static C++ runtime in a library as XH404, and "
     "`crossheap trace` a block that crosses as XH201.",
     "Link the C++ runtime dynamically in all modules, or let no exception leave a module."},
    // Life cycle
    {HazardId::AllocatorUnloaded, "allocator unloaded", "an allocator can be unloaded while the process still uses it",
     "After a plugin is closed, the program crashes at thread exit, at fork or at process exit.",
     "The plugin carried an allocator, whose thread destructors and atfork and atexit handlers point into code that is "
     "no longer mapped.",
     "`crossheap inspect` finds an allocator in a library without NODELETE; `crossheap check` ends a thread, forks and "
     "exits after closing the plugin; `crossheap matrix --scenario "
     "across-dlclose` closes the plugin while its blocks are live.",
     "Link such a library with -Wl,-z,nodelete, or do not close it."},
    {HazardId::BlocksOutliveOwner, "blocks outlive their owner",
     "an allocator was unloaded while blocks of it were live",
     "The host can no longer release blocks that it still holds.",
     "The plugin's allocator instance has live blocks when it is closed.",
     "`crossheap trace --depth sites` counts the live blocks when an object is unloaded; `crossheap check` counts what "
     "a "
     "plugin leaves in 100 rounds of loading and unloading.",
     "Return all blocks before closing, or do not close."},
    {HazardId::TeardownOrder, "teardown with several instances",
     "several allocators are torn down in an order that nobody chose",
     "A program crashes when it exits, on some machines only.",
     "Destructors and exit handlers of several allocators run in an order that nobody chose, and one may release "
     "another's blocks.",
     "`crossheap check` leaves by exit with the plugin open, and after closing it; `crossheap matrix --scenario "
     "static-destructor` and `crossheap matrix --scenario atexit` run a plugin to the end of the process.",
     "Avoid releasing in static destructors what another module allocated, or leave by _exit."},
    {HazardId::ForkWithSeveralAllocators, "fork with several allocators",
     "fork leaves the lock of one of several allocators held in the child",
     "A child process hangs in malloc after fork.",
     "Each allocator locks its own heap around fork by its own handler; an instance without one, or in the wrong "
     "order, leaves a lock held in the child.",
     "`crossheap check` forks with the plugin open, while another thread allocates; `crossheap matrix --scenario "
     "fork-busy` forks while other threads allocate.",
     "Allocate nothing in the child before exec, or keep to one allocator."},
    {HazardId::FreedAfterThreadEnded, "freed after the owner's thread ended",
     "a block is released after the thread that allocated it ended",
     "Memory grows, or the program crashes, when another thread releases blocks later.",
     "The allocator gave up the heap of the ended thread, and the block is released through a heap that another thread "
     "adopted.",
     "`crossheap check --contract` releases blocks after their thread has ended; `crossheap matrix --scenario "
     "thread-ended` and `crossheap matrix --scenario thread-outlives` release blocks "
     "after their thread has ended.",
     "Update the allocator; release blocks before the thread ends."},
    {HazardId::AllocationBeforeHandshake, "allocation before the handshake",
     "a plugin allocates before the host hands over its allocator",
     "The first blocks of a plugin lie on another heap than all later ones.",
     "Static constructors run inside dlopen, before the host can hand over its allocator.",
     "`crossheap check --contract` hands the host's allocator to the plugin, and reports an older block that comes "
     "back. "
     "`crossheap check` also reports a constructor that calls an allocator which is not there yet.",
     "Allocate nothing in constructors, or remember for each block where it came from."},
    // Loader limits and identity
    {HazardId::StaticTlsExhausted, "static TLS exhausted",
     "a library needs more static TLS than dlopen finds by default",
     "dlopen fails: cannot allocate memory in static TLS block.",
     "Code compiled for initial-exec TLS needs its variables in a block of fixed size that is laid out at start. What "
     "is left for libraries opened later is about 1,664 bytes by default.",
     "`crossheap inspect` shows the size of static TLS that a library needs; `crossheap check` opens it with half of "
     "the "
     "surplus used up.",
     "Load it at start (NEEDED or LD_PRELOAD), build it with -ftls-model=global-dynamic, or raise "
     "GLIBC_TUNABLES=glibc.rtld.optional_static_tls."},
    {HazardId::DynamicTlsInReplacement, "dynamic TLS in a replacement",
     "a replacement of malloc uses dynamic TLS, which may call malloc",
     "A replacement of malloc recurses or crashes at start with a newer glibc.",
     "Access to dynamic TLS may allocate by calling malloc, the very function that makes the access.",
     "`crossheap inspect` finds dynamic TLS relocations in an object that exports malloc.",
     "Build the replacement with -ftls-model=initial-exec."},
    {HazardId::TwoInstances, "two instances of one family", "two copies of one allocator share a process",
     "Host and plugin both say they use mimalloc, and blocks that pass between them corrupt the heap silently.",
     "A family's name is no identity: each copy has its own heaps, and copies of one family often accept each other's "
     "blocks without noticing.",
     "`crossheap bind` compares instances; `crossheap inspect` finds a copy inside each file.",
     "Share one instance, as a shared library or through the allocation ABI, which compares identities."},
    {HazardId::TwoCppRuntimes, "two C++ runtimes", "two C++ runtimes share a process",
     "Exceptions are not caught, or crash; locale or iostream state is doubled.",
     "libstdc++ or libc++ is linked statically into one object while the process has a shared copy.",
     "`crossheap inspect` finds both in one file, or a static copy in a library.",
     "Link plugins with the shared runtime, or hide the static one completely and let no C++ object cross."},
    {HazardId::TwoRustShims, "two Rust shims", "two sets of Rust's allocation functions share a process",
     "Box and Vec that pass between two Rust libraries are released by the wrong allocator.",
     "Each Rust image has its own __rust_alloc functions. Two of them in one image, or images of different rustc "
     "versions, disagree about the allocator and about layouts.",
     "`crossheap inspect` counts the shims and shows the rustc version.",
     "Pass C types across images, and build all Rust parts of one image with one compiler."},
    {HazardId::ForeignLoader, "foreign loader", "the file is for another libc than glibc",
     "The file does not behave as glibc's rules predict.",
     "It names another program interpreter or libc. musl, for example, has no deepbind, no audit interface and a "
     "single search order.",
     "`crossheap inspect` shows the interpreter and the libc.",
     "Examine it on the system it is for; crossheap predicts and traces glibc only."},
};

}  // namespace

std::span<const Hazard> hazards() noexcept { return kHazards; }

std::string name_of(HazardId id) { return fmt::format("XH{}", static_cast<std::uint16_t>(id)); }

std::optional<HazardId> find_hazard_id(std::string_view text) noexcept {
  if (text.size() < 3 || (text[0] != 'X' && text[0] != 'x') || (text[1] != 'H' && text[1] != 'h')) return std::nullopt;
  std::uint16_t number = 0;
  const char *const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data() + 2, end, number);
  if (failed != std::errc() || stopped != end) return std::nullopt;
  const Hazard *const hazard = find_hazard(static_cast<HazardId>(number));
  return hazard == nullptr ? std::nullopt : std::optional(hazard->id);
}

const Hazard *find_hazard(HazardId id) noexcept {
  const auto *const found =
      std::find_if(std::begin(kHazards), std::end(kHazards), [id](const Hazard &hazard) { return hazard.id == id; });
  return found == std::end(kHazards) ? nullptr : found;
}

const Hazard &hazard_of(HazardId id) {
  const Hazard *const hazard = find_hazard(id);
  assert(hazard != nullptr);
  return *hazard;
}

}  // namespace crossheap
