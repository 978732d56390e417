// SPDX-License-Identifier: MIT OR Apache-2.0
#include "catalog/hazards.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <iterator>

namespace crossheap {

namespace {

constexpr Hazard kHazards[] = {
    // Binding: whose malloc is it
    {"XH101", "deep-bound plugin",
     "A plugin that works everywhere else crashes, in free, inside a host that loads it with RTLD_DEEPBIND and "
     "replaces "
     "malloc.",
     "RTLD_DEEPBIND searches the plugin's own dependencies before the global scope, so its malloc and free come from "
     "libc. Functions of libc that return memory (strdup, getline, asprintf) still use the process's allocator, "
     "because "
     "libc's own references were bound to it at start.",
     "`crossheap bind --mode deepbind` shows both providers side by side; `crossheap check` runs the plugin that way.",
     "Load without RTLD_DEEPBIND, or release every block through the module that handed it out. A plugin cannot undo "
     "the host's flag."},
    {"XH102", "second namespace",
     "Blocks that pass between the program and a plugin loaded with dlmopen corrupt a heap, often without any message.",
     "dlmopen loads a second libc with a heap of its own. Neither LD_PRELOAD nor the executable's malloc reaches into "
     "the new namespace, and two libcs that grow the same brk area may even accept each other's blocks.",
     "`crossheap bind --mode namespace` shows a provider for each namespace; `crossheap trace` shows the crossing.",
     "Treat the namespace as another process: copy what passes between them and free each block where it was "
     "allocated."},
    {"XH103", "half-bound allocator",
     "malloc_usable_size, mallctl or mallocx answers nonsense or crashes on a block that malloc returned.",
     "The plain functions and the extended ones are bound one by one. Where libc stands before libjemalloc in the "
     "search "
     "order, malloc is libc's while mallctl, which only jemalloc defines, is jemalloc's.",
     "`crossheap bind` lists the provider of each reference: all functions of one interface must have one.",
     "Link the allocator before libc, or use only the prefixed build's names, for plain and extended functions alike."},
    {"XH104", "incomplete interposer",
     "Most of the program runs on the replacement allocator, but one rare function (pvalloc, memalign, an aligned "
     "operator new) still comes from libc, and its blocks crash the replacement's free.",
     "Interposition works name by name. A replacement that does not define a name leaves that name to libc.",
     "`crossheap inspect` compares the definitions of a file with the family that libc provides and names those "
     "missing.",
     "Use a build that defines all of them, or provide the missing functions as forwarders in the same object."},
    {"XH105", "NEEDED order", "An allocator is linked in, and its functions are never called.",
     "Symbols are searched in the order of NEEDED, breadth first from the executable. An allocator that stands behind "
     "libc, or that only a dependency asks for, comes too late.",
     "`crossheap inspect` shows the order of NEEDED; `crossheap bind` shows who won.",
     "Name the allocator first on the executable's link line, with -Wl,--no-as-needed, or preload it."},
    {"XH106", "unversioned imports",
     "Functions of one family come from different providers although one library exports them all.",
     "References without a version bind to any definition of the name, those with a version only to a matching or "
     "unversioned one. An object linked with -nostdlib or against a stub mixes both kinds.",
     "`crossheap inspect` names unversioned references to functions that libc versions.",
     "Link the object against the real libc, so that its references carry versions."},
    {"XH107", "late interposer", "The process crashes some time after a library was opened that brings its own malloc.",
     "Opening a library that exports malloc or operator new does not change bindings that exist, but serves those made "
     "later: new libraries, and functions of old ones that are called for the first time under lazy binding. One "
     "object "
     "may then allocate here and release there.",
     "`crossheap inspect` names libraries that export the family; `crossheap check` reads the slots back after "
     "loading.",
     "Load allocators at start (NEEDED or LD_PRELOAD) or keep their functions hidden."},
    {"XH108", "plugin captures plugin", "Two plugins work alone and crash together, in one load order only.",
     "A plugin loaded with RTLD_GLOBAL, or a dependency that two plugins share, puts its allocator into the scope in "
     "which the next plugin is searched.",
     "`crossheap bind --after` and `--all-orders` compare the bindings in each order.",
     "Load plugins with RTLD_LOCAL and hide allocator symbols in each of them."},
    {"XH109", "private allocator by hiding",
     "The plugin crashes when it frees what strdup, getline or another function of libc returned.",
     "A version script, --exclude-libs, -Bsymbolic or hidden visibility bound the plugin's own malloc and free to an "
     "allocator inside it. libc's blocks still come from the process's allocator.",
     "`crossheap inspect` finds an allocator inside, no import of malloc or free, and imports of functions that return "
     "heap memory.",
     "Release libc's blocks with libc's free (through an import), or do not ask libc for blocks: use caller-supplied "
     "buffers. Or remove the private allocator."},
    {"XH110", "override not exported", "The host uses its replacement allocator and every plugin uses libc's.",
     "The executable contains malloc, but not in its dynamic symbol table (--exclude-libs, a version script, hidden "
     "visibility, no -rdynamic), so no library can bind to it.",
     "`crossheap inspect` finds an allocator in the executable that is not among its dynamic symbols.",
     "Export the whole family: -Wl,--export-dynamic-symbol for each function, or a dynamic list."},
    {"XH111", "override not linked", "A static allocator is on the link line and the program runs on libc's.",
     "The linker takes a member of an archive only for a symbol that is still undefined. When libc comes first, or "
     "nothing refers to malloc yet, nothing asks for the member.",
     "`crossheap inspect` finds traces of the allocator (configuration, other members) without its malloc, or none at "
     "all "
     "where the build says there is one.",
     "Link the archive with -Wl,--whole-archive or name one of its symbols with -Wl,-u,malloc."},
    {"XH112", "prefix surprise", "Options given in MALLOC_CONF, or compiled in as malloc_conf, have no effect.",
     "A prefixed jemalloc renames its configuration as well: with the prefix _rjem_ it reads _RJEM_MALLOC_CONF and the "
     "variable _rjem_malloc_conf.",
     "`crossheap inspect` names the prefix and a configuration variable that does not match it.",
     "Use the prefixed names for the variable and for the environment."},
    {"XH113", "weak probe", "The program believes that it runs on jemalloc or tcmalloc, and does not.",
     "A weak reference to mallctl or mallocx is taken as proof. Any library in the process that defines the name makes "
     "the probe succeed, whoever provides malloc.",
     "`crossheap inspect` lists weak references to extended functions.",
     "Ask the block's owner instead: compare the providers of malloc and of the extended function."},
    {"XH114", "unique symbols",
     "Two plugins share a pool or a static object that each believes to be its own, or one of them can never be "
     "unloaded.",
     "GNU_UNIQUE symbols, which GCC makes of inline and template statics, bind to the first definition in the process, "
     "even across RTLD_LOCAL, and pin the object that holds it.",
     "`crossheap inspect` counts exported GNU_UNIQUE definitions.",
     "Compile plugins with -fno-gnu-unique or hide the symbols with a version script."},
    {"XH115", "allocator in a table",
     "A library that was given callbacks releases its blocks with another module's free.",
     "A table of functions holds addresses of malloc and free. Such slots are filled by data relocations, in another "
     "object's scope than the code that calls through them, and no tool that reads the PLT sees them.",
     "`crossheap inspect` names data relocations to the family.",
     "Fill both halves of a table in one module, from one provider, and document who releases."},
    {"XH116", "forwarding shim",
     "A wrapper around malloc works when preloaded and recurses or reaches the wrong heap when loaded otherwise.",
     "dlsym(RTLD_NEXT) answers the next definition behind the caller in the caller's search order, which differs under "
     "RTLD_DEEPBIND and in another namespace.",
     "`crossheap inspect` finds an object that defines the family and imports dlsym, without an allocator inside.",
     "Forward to __libc_malloc or to a provider that is named, or refuse to run where the answer is one's own "
     "function."},
    {"XH117", "preload that did not happen", "LD_PRELOAD is set and the program runs on libc's malloc.",
     "ld.so only warns when a preloaded file is missing or of the wrong class, and ignores paths in secure mode "
     "(setuid, "
     "file capabilities).",
     "`crossheap which-malloc` and `crossheap bind --preload` say which provider is there after all.",
     "Use an absolute path that exists for the program's class and check the provider at start."},
    {"XH118", "artifact carries what it must not",
     "Two components that both decided on an allocator end up in one process.",
     "Which allocator a process uses is the executable's decision. A static library with an allocator inside, or a "
     "shared "
     "library that exports malloc, takes it away; an executable that claims an override and has none leaves a hole.",
     "`crossheap inspect --policy artifact` checks the rule by kind of file and fails on it.",
     "Leave the allocator out of libraries: keep the symbols of the allocation ABI undefined until the final link."},
    // Ownership: who frees
    {"XH201", "crossing free",
     "An abort with a message of the wrong allocator, a bare SIGSEGV, or silence and a corrupted heap.",
     "A block is released by an allocator instance that did not hand it out.",
     "`crossheap trace` names owner and releaser before the crash.",
     "Release each block in the module that allocated it, or share one provider through the allocation ABI."},
    {"XH202", "crossing realloc", "As with a crossing free, when a container grows on the other side.",
     "realloc, reallocarray or rallocx of one instance is handed a block of another.", "`crossheap trace` names both.",
     "Let only the owning module resize its blocks."},
    {"XH203", "crossing query", "A size that is wrong, or a crash in a function that only asks.",
     "malloc_usable_size or sallocx of one instance reads the metadata of a block of another.",
     "`crossheap trace` names both.", "Remember the size yourself, or ask through the owner."},
    {"XH204", "language object crosses",
     "A std::string, Vec or Box that was made on one side is grown or dropped on the other and takes the heap with it.",
     "The object carries a block, and its destructor or growth runs the allocator of the module it is compiled into.",
     "`crossheap trace` shows the crossing under the language's own release function.",
     "Pass views or plain buffers with a release function; never pass owning language objects between modules."},
    {"XH205", "wrong API pair", "Works on most allocators, fails on some.",
     "Memory of new is given to free, of new[] to delete, of aligned_alloc to delete: one heap, but the wrong way "
     "back.",
     "`crossheap trace` reports it apart from crossings, and only when asked to.",
     "Use the release function that belongs to the allocating one."},
    {"XH206", "sized release, wrong size", "Corruption or a crash long after the release.",
     "sdallocx, sized operator delete or free_sized was told another size or alignment than was asked for; the "
     "allocator "
     "believes it.",
     "`crossheap trace --depth sites` compares both.",
     "Pass the size that was requested, of the most derived type, or use the unsized form."},
    {"XH207", "operators replaced in part",
     "Memory of one form of operator new is released by another allocator's operator delete.",
     "Of the operators' plain, array, sized, aligned and nothrow forms only some are replaced. The standard library's "
     "remaining forms may forward to the replaced ones or to malloc, by version.",
     "`crossheap inspect` lists the forms an object defines and those that are missing.",
     "Replace all forms of operator new and delete, or none."},
    {"XH208", "released twice, or inside a block", "An abort or a corrupted heap.",
     "The pointer is not the start of a live block: it was released before, or points into one.",
     "`crossheap trace --depth sites` shows the block and where it came from.",
     "Find the second owner by the two release sites."},
    {"XH209", "exception crosses", "A crash while an exception is being handled or destroyed.",
     "With two copies of the C++ runtime or its unwinder an exception may not reach its catcher, and what the "
     "exception "
     "carries may be made by one and released by the other. The exception object itself goes home: the thrower's "
     "clean-up function travels in its header.",
     "`crossheap inspect` finds a static C++ runtime in a library; `crossheap trace` shows the crossing.",
     "Link the C++ runtime dynamically in all modules, or let no exception leave a module."},
    // Life cycle
    {"XH301", "allocator unloaded", "A crash at thread exit, at fork or at process exit, after a plugin was closed.",
     "The plugin carried an allocator, whose thread destructors and atfork and atexit handlers point into code that is "
     "no "
     "longer mapped.",
     "`crossheap inspect` finds an allocator in a library without NODELETE; `crossheap check` runs the drill.",
     "Link such a library with -Wl,-z,nodelete, or do not close it."},
    {"XH302", "blocks outlive their owner", "Blocks that the host still holds can no longer be released.",
     "The plugin's allocator instance has live blocks when it is closed.", "`crossheap check` counts them at dlclose.",
     "Return all blocks before closing, or do not close."},
    {"XH303", "teardown with several instances", "A crash when the program exits, on some machines.",
     "Destructors and exit handlers of several allocators run in an order that nobody chose, and release each other's "
     "blocks.",
     "`crossheap check` runs to the end of the process.",
     "Avoid releasing in static destructors what another module allocated, or leave by _exit."},
    {"XH304", "fork with several allocators", "A child process hangs in malloc.",
     "Each allocator locks its own heap around fork by its own handler; an instance without one, or in the wrong "
     "order, "
     "leaves a lock held in the child.",
     "`crossheap check` forks while other threads allocate.",
     "Allocate nothing in the child before exec, or keep to one allocator."},
    {"XH305", "freed after the owner's thread ended",
     "Memory that grows, or a crash, when blocks are released by another thread later.",
     "The allocator gave up the heap of the ended thread, and the block is released through a heap that another thread "
     "adopted.",
     "`crossheap check` runs the drill.", "Update the allocator; release blocks before the thread ends."},
    {"XH306", "allocation before the handshake",
     "The first blocks of a plugin are on another heap than all later ones.",
     "Static constructors run inside dlopen, before the host can hand over its allocator.",
     "`crossheap inspect` notes constructors in an object that exports a plugin contract; `crossheap trace` dates the "
     "blocks.",
     "Allocate nothing in constructors, or remember for each block where it came from."},
    // Loader limits and identity
    {"XH401", "static TLS exhausted", "dlopen fails: cannot allocate memory in static TLS block.",
     "Code compiled for initial-exec TLS needs its variables in a block of fixed size that is laid out at start. What "
     "is "
     "left for libraries opened later is about 1,664 bytes by default.",
     "`crossheap inspect` shows the size of static TLS that a library needs.",
     "Load it at start (NEEDED or LD_PRELOAD), build it with -ftls-model=global-dynamic, or raise "
     "GLIBC_TUNABLES=glibc.rtld.optional_static_tls."},
    {"XH402", "dynamic TLS in a replacement",
     "A replacement of malloc recurses or crashes at start with a newer glibc.",
     "Access to dynamic TLS may allocate, by calling malloc, which is the function that is asking.",
     "`crossheap inspect` finds dynamic TLS relocations in an object that exports malloc.",
     "Build the replacement with -ftls-model=initial-exec."},
    {"XH403", "two instances of one family",
     "Host and plugin both say they use mimalloc, and blocks that pass between them corrupt the heap silently.",
     "A family's name is no identity: each copy has its own heaps, and copies of one family often accept each other's "
     "blocks without noticing.",
     "`crossheap bind` compares instances; `crossheap inspect` finds a copy inside each file.",
     "Share one instance, as a shared library or through the allocation ABI, which compares identities."},
    {"XH404", "two C++ runtimes", "Exceptions are not caught, or crash; locale or iostream state is doubled.",
     "libstdc++ or libc++ is linked statically into one object while the process has a shared copy.",
     "`crossheap inspect` finds both in one file, or a static copy in a library.",
     "Link plugins with the shared runtime, or hide the static one completely and let no C++ object cross."},
    {"XH405", "two Rust shims", "Box and Vec that pass between two Rust libraries are released by the wrong allocator.",
     "Each Rust image has its own __rust_alloc functions. Two of them in one image, or images of different rustc "
     "versions, disagree about the allocator and about layouts.",
     "`crossheap inspect` counts the shims and shows the rustc version.",
     "Pass C types across images, and build all Rust parts of one image with one compiler."},
    {"XH406", "foreign loader", "The file behaves differently from all that is said about glibc.",
     "It asks for another program interpreter or libc (musl has no deepbind, no audit interface and one search order).",
     "`crossheap inspect` shows the interpreter and the libc.",
     "Examine it on the system it is for; crossheap predicts and traces glibc only."},
};

bool same_but_for_case(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
  });
}

}  // namespace

std::string_view name_of(Level level) noexcept {
  switch (level) {
    case Level::Note:
      return "note";
    case Level::Warning:
      return "warning";
    case Level::Error:
      break;
  }
  return "error";
}

std::span<const Hazard> hazards() noexcept { return kHazards; }

const Hazard *find_hazard(std::string_view id) noexcept {
  const auto found = std::find_if(std::begin(kHazards), std::end(kHazards),
                                  [id](const Hazard &hazard) { return same_but_for_case(hazard.id, id); });
  return found == std::end(kHazards) ? nullptr : found;
}

const Hazard &hazard_of(const Finding &finding) {
  const Hazard *const hazard = find_hazard(finding.id);
  assert(hazard != nullptr);
  return *hazard;
}

}  // namespace crossheap
