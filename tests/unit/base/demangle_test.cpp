// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/demangle.h"

#include <gtest/gtest.h>

namespace crossheap {
namespace {

TEST(Demangled, ReadsTheOperatorsOfCxx) {
  EXPECT_EQ(demangled("_ZdlPvRKSt9nothrow_t"), "operator delete(void*, std::nothrow_t const&)");
}

TEST(Demangled, ReadsRustsLegacyNamesWithoutTheirHash) {
  EXPECT_EQ(demangled("_ZN4core3ptr8non_null16NonNull$LT$T$GT$3new17h0123456789abcdefE"),
            "core::ptr::non_null::NonNull<T>::new");
}

TEST(Demangled, ReadsRustsV0Names) { EXPECT_EQ(demangled("_RNvC6_123foo3bar"), "123foo::bar"); }

TEST(Demangled, ReadsD) { EXPECT_EQ(demangled("_D8demangle4testFaZv"), "demangle.test(char)"); }

TEST(Demangled, LeavesAPlainNameAlone) {
  // "f" is C++'s code for float, and no function.
  for (const char *name : {"malloc", "f", "i", "", "_", "_Z", "_RN", "_D", "_ZN"}) EXPECT_EQ(demangled(name), name);
}

TEST(Demangled, EndsOnNamesMadeToRecurseOrToGrow) {
  EXPECT_FALSE(demangled("_Z1f" + std::string(1900, 'P') + "i").empty());
  const std::string longer = "_Z" + std::string(100'000, 'N');
  EXPECT_EQ(demangled(longer), longer);
  std::string growing = "_Z1fSt4pairIiiE";
  for (int i = 0; i < 60; ++i) growing += "St4pairIS" + std::string(1, static_cast<char>('0' + i % 10)) + "_S0_E";
  EXPECT_FALSE(demangled(growing).empty());
}

}  // namespace
}  // namespace crossheap
