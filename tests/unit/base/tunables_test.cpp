// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/tunables.h"

#include <gtest/gtest.h>

namespace crossheap {
namespace {

TEST(Tunables, TheUsersTunablesStayAndOnlyTheOneIsRaised) {
  EXPECT_EQ(raise_static_tls("", 100), "glibc.rtld.optional_static_tls=612");
  EXPECT_EQ(raise_static_tls("glibc.rtld.optional_static_tls=1000:glibc.malloc.check=1", 100),
            "glibc.malloc.check=1:glibc.rtld.optional_static_tls=1100");
}

}  // namespace
}  // namespace crossheap
