// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every malloc-family function of every allocator installed here can be patched.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "agent/relocate.h"
#include "agent/symbols.h"
#include "allocator/names.h"

namespace crossheap::agent {
namespace {

struct Found {
  std::map<std::uint64_t, Definition> functions;
  std::map<std::uint64_t, std::string> names;
  std::set<std::uint64_t> all;
};

void collect(void *opaque, const Definition &definition) {
  auto &found = *static_cast<Found *>(opaque);
  found.all.insert(definition.address);
  const auto split = split_prefix(definition.name);
  if (!split || split->function->role == Role::Measure || definition.indirect) return;
  found.functions.emplace(definition.address, definition);
  found.names.emplace(definition.address, std::string(definition.name));
}

bool is_installed(const char *library) {
  for (const char *folder : {"/lib/x86_64-linux-gnu/", "/usr/lib/x86_64-linux-gnu/", "/lib64/", "/usr/lib64/"})
    if (::access((std::string(folder) + library).c_str(), R_OK) == 0) return true;
  return false;
}

/// Opens the library and says on standard error what cannot be patched. Ends the process without its destructors: an
/// allocator in a second namespace need not survive them.
[[noreturn]] void check(const char *library) {
  // A namespace of its own: the test's own malloc must not move to another allocator.
  void *const handle = ::dlmopen(LM_ID_NEWLM, library, RTLD_NOW);
  link_map *map = nullptr;
  Image image;
  if (handle == nullptr || ::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !read_image(*map, image)) {
    std::fprintf(stderr, "cannot be opened: %s\n", ::dlerror());
    std::_Exit(2);
  }
  Found found;
  for_each_definition(*map, image, collect, &found);
  int wrong = 0;
  for (const auto &[address, definition] : found.functions) {
    const auto next = found.all.upper_bound(address);
    const std::uint64_t room = next == found.all.end() ? definition.size : *next - address;
    // SAFETY: mapped code of the object.
    const Body body{reinterpret_cast<const std::uint8_t *>(address), definition.size,
                    room > definition.size ? room - definition.size : 0, address};
    const Displacement plan = plan_displacement(body);
    std::uint8_t bytes[192];
    Code island(bytes, sizeof bytes, image.begin - (std::uint64_t{1} << 24));
    if (plan.refusal == event::Refusal::None && relocate(body, plan, island)) continue;
    std::fprintf(stderr, "%s is refused: %u\n", found.names[address].c_str(), static_cast<unsigned>(plan.refusal));
    wrong = 1;
  }
  if (found.functions.size() < 8) wrong = 1;  // an allocator has more functions than that
  std::_Exit(wrong);
}

class EveryDefinition : public ::testing::TestWithParam<const char *> {};

TEST_P(EveryDefinition, CanBePatched) {
  if (!is_installed(GetParam())) GTEST_SKIP() << GetParam() << " is not installed";
  EXPECT_EXIT(check(GetParam()), ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Allocators, EveryDefinition,
                         ::testing::Values("libc.so.6", "libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc.so.4",
                                           "libtcmalloc_minimal.so.4", "libtcmalloc_debug.so.4",
                                           "libtcmalloc_minimal_debug.so.4"));

/// The names that start with form_, each with whether its island may change registers.
std::map<std::string, bool> forms(const link_map &map) {
  std::map<std::string, bool> found;
  Image image;
  if (!read_image(map, image)) return found;
  for_each_definition(
      map, image,
      [](void *opaque, const Definition &definition) {
        if (definition.name.starts_with("form_"))
          static_cast<std::map<std::string, bool> *>(opaque)->insert_or_assign(std::string(definition.name),
                                                                               definition.interposable);
      },
      &found);
  return found;
}

std::map<std::string, bool> forms_of(const char *library) {
  void *const handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  link_map *map = nullptr;
  if (handle == nullptr || ::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) return {};
  std::map<std::string, bool> found = forms(*map);
  ::dlclose(handle);
  return found;
}

using Forms = std::map<std::string, bool>;

TEST(AFunctionsForm, IsTheFastOneOnlyWhereALibraryExportsIt) {
  EXPECT_EQ(forms_of(FORMS_plain),
            (Forms{{"form_exported", true}, {"form_hidden", false}, {"form_protected", false}, {"form_local", false}}));
}

TEST(AFunctionsForm, IsThePreservingOneInALibraryThatIsBoundToItself) {
  for (const auto &[name, interposable] : forms_of(FORMS_symbolic)) EXPECT_FALSE(interposable) << name;
  EXPECT_EQ(forms_of(FORMS_symbolic).size(), 4u);
}

TEST(AFunctionsForm, IsThePreservingOneInAProgram) {
  const auto *const program = static_cast<const link_map *>(::dlopen(nullptr, RTLD_NOW));
  const Forms found = forms(*program);
  for (const auto &[name, interposable] : found) EXPECT_FALSE(interposable) << name;
  EXPECT_EQ(found.size(), 4u);
}

/// Ends the process with the number of functions that would not get the fast form; 99 where it cannot be opened.
[[noreturn]] void count_preserving(const char *library) {
  void *const handle = ::dlmopen(LM_ID_NEWLM, library, RTLD_NOW);
  link_map *map = nullptr;
  Image image;
  if (handle == nullptr || ::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !read_image(*map, image)) std::_Exit(99);
  Found found;
  for_each_definition(*map, image, collect, &found);
  int count = 0;
  for (const auto &[address, definition] : found.functions) count += definition.interposable ? 0 : 1;
  std::_Exit(count);
}

TEST(AFunctionsForm, IsTheFastOneForEveryExportedFunctionOfTheAllocators) {
  for (const char *const library : {"libc.so.6", "libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc.so.4"}) {
    if (!is_installed(library)) continue;
    EXPECT_EXIT(count_preserving(library), ::testing::ExitedWithCode(0), "") << library;
  }
}

}  // namespace
}  // namespace crossheap::agent
