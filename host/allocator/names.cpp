// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/names.h"

#include <algorithm>
#include <array>

#include "allocator/tail_filter.h"

namespace crossheap {

namespace {

using Index = std::array<const Function *, kFunctionCount>;

constexpr Index sorted_by_name() {
  Index index{};
  for (std::size_t i = 0; i < kFunctionCount; ++i) index[i] = &kFunctions[i];
  std::sort(index.begin(), index.end(), [](const Function *a, const Function *b) { return a->name < b->name; });
  return index;
}

constexpr Index kByName = sorted_by_name();

constexpr TailFilter endings() {
  TailFilter filter;
  for (const Function &function : kFunctions) filter.add(function.name);
  return filter;
}

constexpr TailFilter kEndings = endings();

// The last words of the prefixes that jemalloc's users choose. A wrapper such as `g_free`, `xmalloc` or
// `__wrap_malloc` must not be taken for an allocator, so an unknown last word is no prefix.
constexpr std::string_view kJemallocWords[] = {"je", "jem", "rjem", "jemalloc"};

bool ends_with_word(std::string_view prefix, std::string_view word) {
  if (!prefix.ends_with('_')) return false;
  prefix.remove_suffix(1);
  if (!prefix.ends_with(word)) return false;
  prefix.remove_suffix(word.size());
  return prefix.empty() || prefix.ends_with('_');
}

bool takes_prefix(const Function &function) {
  return function.interface == Interface::Standard || function.interface == Interface::Jemalloc;
}

}  // namespace

const Function *find_function(std::string_view name) {
  if (!kEndings.may_contain(name)) return nullptr;
  const auto found = std::lower_bound(kByName.begin(), kByName.end(), name,
                                      [](const Function *f, std::string_view n) { return f->name < n; });
  return found != kByName.end() && (*found)->name == name ? *found : nullptr;
}

std::optional<PrefixedFunction> split_prefix(std::string_view name) {
  if (!kEndings.may_contain(name)) return std::nullopt;
  if (const Function *exact = find_function(name)) return PrefixedFunction{exact, {}};
  constexpr std::size_t kLongestPrefix = 64;  // a hostile name may be underscores all through
  for (std::size_t cut = name.find('_'); cut < kLongestPrefix; cut = name.find('_', cut + 1)) {
    const std::string_view prefix = name.substr(0, cut + 1);
    const Function *behind = find_function(name.substr(cut + 1));
    if (behind == nullptr) continue;
    if (behind->interface == Interface::Mimalloc) return PrefixedFunction{behind, prefix};
    if (takes_prefix(*behind))
      for (std::string_view word : kJemallocWords)
        if (ends_with_word(prefix, word)) return PrefixedFunction{behind, prefix};
  }
  return std::nullopt;
}

const Function *family_function(std::string_view name) {
  const auto split = split_prefix(name);
  return split ? split->function : nullptr;
}

}  // namespace crossheap
