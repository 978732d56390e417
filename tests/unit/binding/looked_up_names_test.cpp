// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/looked_up_names.h"

#include <gtest/gtest.h>

#include <string>

namespace crossheap::binding {
namespace {

using namespace std::string_literals;

bool holds(const std::string &texts, std::string_view name) { return may_hold_name("ELF\0code "s + texts, name); }

TEST(LookedUpNames, AWholeTextIsHeldAlsoAsTheTailOfAnother) {
  EXPECT_TRUE(holds("\0get_module\0"s, "get_module"));
  EXPECT_TRUE(holds("\0forget_module\0"s, "get_module"));
  EXPECT_FALSE(holds("\0get_modules\0"s, "get_module"));
  EXPECT_FALSE(holds("\0get_module"s, "get_module"));
}

TEST(LookedUpNames, ABeginningBeforeAFormatOrTheEndOfATextMayBecomeTheName) {
  EXPECT_TRUE(holds("\0PyInit_%s\0"s, "PyInit_greet"));
  EXPECT_TRUE(holds("\0luaopen_\0"s, "luaopen_greet"));
  EXPECT_FALSE(holds("\0PyInit_other\0"s, "PyInit_greet"));
}

TEST(LookedUpNames, AnEndBehindAFormatOrAtTheStartOfATextMayBecomeTheName) {
  EXPECT_TRUE(holds("\0%s_init\0"s, "greet_init"));
  EXPECT_TRUE(holds("\0%s_init\0"s, "tests_init"));
  EXPECT_TRUE(holds("\0%.8s_init\0"s, "greet_init"));
  EXPECT_TRUE(holds("\0sqlite3_%.*s_init\0"s, "sqlite3_greet_init"));
  EXPECT_TRUE(holds("\0_init\0"s, "greet_init"));
  EXPECT_FALSE(holds("\0other_init\0"s, "greet_init"));
  EXPECT_FALSE(holds("\0register\0"s, "greet_register"));
}

TEST(LookedUpNames, AShortNameMustStandThereWhole) {
  EXPECT_TRUE(holds("\0go\0"s, "go"));
  EXPECT_FALSE(holds("\0gone\0"s, "go"));
  EXPECT_FALSE(may_hold_name("", "greet_init"));
}

}  // namespace
}  // namespace crossheap::binding
