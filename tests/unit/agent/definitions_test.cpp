// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every malloc-family function of every allocator installed here can be patched, or is refused for a reason that is
// written down below. The agent is in this program as a library, so the objects are opened as any plugin would be.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>

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

class EveryDefinition : public ::testing::TestWithParam<const char *> {};

TEST_P(EveryDefinition, CanBePatched) {
  // A namespace of its own: the test's own malloc must not move to another allocator.
  void *const handle = ::dlmopen(LM_ID_NEWLM, GetParam(), RTLD_NOW);
  if (handle == nullptr) GTEST_SKIP() << ::dlerror();
  link_map *map = nullptr;
  ASSERT_EQ(::dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
  Image image;
  ASSERT_TRUE(read_image(*map, image));
  Found found;
  for_each_definition(*map, image, collect, &found);
  EXPECT_GE(found.functions.size(), 8u) << "an allocator has more functions than that";
  for (const auto &[address, definition] : found.functions) {
    const auto next = found.all.upper_bound(address);
    const std::uint64_t room = next == found.all.end() ? definition.size : *next - address;
    // SAFETY: mapped code of the object.
    const Body body{reinterpret_cast<const std::uint8_t *>(address), definition.size,
                    room > definition.size ? room - definition.size : 0, address};
    const Displacement plan = plan_displacement(body);
    EXPECT_EQ(plan.refusal, event::Refusal::None) << found.names[address];
    if (plan.refusal != event::Refusal::None) continue;
    std::uint8_t bytes[192];
    Code island(bytes, sizeof bytes, image.begin - (std::uint64_t{1} << 24));
    EXPECT_TRUE(relocate(body, plan, island)) << found.names[address];
  }
}

INSTANTIATE_TEST_SUITE_P(Allocators, EveryDefinition,
                         ::testing::Values("libc.so.6", "libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc.so.4",
                                           "libtcmalloc_minimal.so.4", "libtcmalloc_debug.so.4",
                                           "libtcmalloc_minimal_debug.so.4"));

}  // namespace
}  // namespace crossheap::agent
