// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/looked_up_names.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <string>

namespace crossheap::binding {
namespace {

using namespace std::string_literals;

bool holds(const std::string &texts, std::string_view name) {
  return LookedUpNames({name}).may_stand_in("ELF\0code "s + texts);
}

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
  EXPECT_FALSE(LookedUpNames({"greet_init"}).may_stand_in(""));
}

TEST(LookedUpNames, OneOfFourToSevenMayBePutTogetherFromTextsThatAreTooShortToLookFor) {
  EXPECT_TRUE(holds("\0%s%s\0ma\0ke\0"s, "make"));
  EXPECT_TRUE(holds("\0gre\0eter\0"s, "greeter"));
  EXPECT_FALSE(holds("\0%s%s\0gre\0eted\0"s, "greeters"));
}

TEST(LookedUpNames, EachOfManyIsFound) {
  const LookedUpNames names({"greet_open", "greet_close", "count_all", "go"});
  EXPECT_TRUE(names.may_stand_in("\0greet_close\0"s));
  EXPECT_TRUE(names.may_stand_in("\0count_all\0"s));
  EXPECT_TRUE(names.may_stand_in("\0go\0"s));
  EXPECT_FALSE(names.may_stand_in("\0grate\0counted\0open it"s));
}

TEST(LookedUpNames, ANameThatOnlyTheFilesOwnSymbolsHaveIsNoTextOfItsCode) {
  Dl_info libc{};
  // SAFETY: dladdr takes the address of a function as one of data.
  ASSERT_NE(::dladdr(reinterpret_cast<const void *>(&::sched_getcpu), &libc), 0);
  const elf::File file = elf::File::open(libc.dli_fname);
  const LookedUpNames symbol({"sched_getcpu"});
  EXPECT_TRUE(symbol.may_stand_in(file.bytes().text()));
  EXPECT_FALSE(symbol.may_stand_in(file));
  EXPECT_TRUE(LookedUpNames({"Segmentation fault"}).may_stand_in(file));
}

}  // namespace
}  // namespace crossheap::binding
