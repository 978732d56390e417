// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/marks.h"

#include <array>

#include "allocator/names.h"
#include "allocator/tail_filter.h"

namespace crossheap {

namespace {

// Names that are no functions of the ONE table (they take no block), or are internal to one family.
struct SymbolMark {
  std::string_view name;
  Family family;
};
constexpr SymbolMark kSymbolMarks[] = {
    {"mallctl", Family::Jemalloc},
    {"mallctlbymib", Family::Jemalloc},
    {"mallctlnametomib", Family::Jemalloc},
    {"malloc_stats_print", Family::Jemalloc},
    {"mi_version", Family::Mimalloc},
    {"mi_heap_new", Family::Mimalloc},
    {"mi_heap_malloc", Family::Mimalloc},
    {"mi_option_set", Family::Mimalloc},
    {"mi_stats_print_out", Family::Mimalloc},
    {"_mi_page_malloc", Family::Mimalloc},
    {"_mi_malloc_generic", Family::Mimalloc},
    {"tc_version", Family::Tcmalloc},
    {"tc_mallopt", Family::Tcmalloc},
    {"tc_malloc_stats", Family::Tcmalloc},
    {"tc_set_new_mode", Family::Tcmalloc},
    {"MallocExtension_ReleaseFreeMemory", Family::Tcmalloc},
    {"TCMalloc_Internal_GetStats", Family::Tcmalloc},
    {"TCMalloc_SystemAlloc", Family::Tcmalloc},
    {"scalable_malloc", Family::Tbbmalloc},
    {"scalable_free", Family::Tbbmalloc},
    {"__TBB_malloc_proxy", Family::Tbbmalloc},
    {"__TBB_malloc_safer_free", Family::Tbbmalloc},
    {"__scudo_print_stats", Family::Scudo},
    {"__scudo_get_stack_depot_addr", Family::Scudo},
    {"_int_malloc", Family::Glibc},
    {"_int_free", Family::Glibc},
    {"ptmalloc_init", Family::Glibc},
    {"__libc_mallopt", Family::Glibc},
    {"__libc_malloc_impl", Family::Musl},
    {"__malloc_allzerop", Family::Musl},
    {"__malloc_alloc_meta", Family::Musl},
    {"__malloc_size_classes", Family::Musl},
    {"rpmalloc", Family::Rpmalloc},
    {"rpfree", Family::Rpmalloc},
    {"rpmalloc_initialize", Family::Rpmalloc},
    {"rpmalloc_thread_initialize", Family::Rpmalloc},
    {"moz_arena_malloc", Family::Mozjemalloc},
    {"jemalloc_stats_internal", Family::Mozjemalloc},
    {"jemalloc_thread_local_arena", Family::Mozjemalloc},
    {"_dmalloc_chunk_malloc", Family::Dmalloc},
    {"_dmalloc_chunk_free", Family::Dmalloc},
    {"dmalloc_malloc", Family::Dmalloc},
    {"EF_PROTECT_BELOW", Family::ElectricFence},
    {"EF_PROTECT_FREE", Family::ElectricFence},
    {"__asan_init", Family::Sanitizer},
    {"__hwasan_init", Family::Sanitizer},
    {"__lsan_do_leak_check", Family::Sanitizer},
    {"__msan_init", Family::Sanitizer},
    {"__tsan_init", Family::Sanitizer},
    {"__interceptor_mmap", Family::Sanitizer},
};

constexpr TailFilter endings() {
  TailFilter filter;
  for (const SymbolMark &mark : kSymbolMarks) filter.add(mark.name);
  return filter;
}
constexpr TailFilter kEndings = endings();

struct NameStart {
  std::string_view start;
  Family family;
};
constexpr NameStart kMangledStarts[] = {
    {"_ZN8snmalloc", Family::Snmalloc},
    {"_ZN5scudo", Family::Scudo},
    {"_ZN8tcmalloc8PageHeap", Family::Tcmalloc},
    {"_ZN8tcmalloc17tcmalloc_internal", Family::Tcmalloc},
    {"_ZN15partition_alloc", Family::PartitionAlloc},
};

/// Whether mallocx behind this prefix is jemalloc's. All names of one build have one prefix.
bool is_jemalloc_prefix(std::string_view prefix) {
  constexpr std::string_view kFunction = "mallocx";
  std::array<char, 128> name{};
  if (prefix.size() + kFunction.size() > name.size()) return false;
  prefix.copy(name.data(), prefix.size());
  kFunction.copy(name.data() + prefix.size(), kFunction.size());
  return split_prefix({name.data(), prefix.size() + kFunction.size()}).has_value();
}

}  // namespace

Family family_of_mark(std::string_view name) noexcept {
  if (name.starts_with("_ZN"))
    for (const NameStart &mangled : kMangledStarts)
      if (name.starts_with(mangled.start)) return mangled.family;
  if (!kEndings.may_contain(name)) return Family::Unknown;
  for (const SymbolMark &mark : kSymbolMarks) {
    if (!name.ends_with(mark.name)) continue;
    if (name.size() == mark.name.size()) return mark.family;
    const std::string_view prefix = name.substr(0, name.size() - mark.name.size());
    if (mark.family == Family::Jemalloc && is_jemalloc_prefix(prefix)) return mark.family;
  }
  return Family::Unknown;
}

}  // namespace crossheap
