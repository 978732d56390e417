// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One library built for six machines: 32 and 64 bits, little and big endian, relocations with and without addends.
#include <gtest/gtest.h>

#include <map>

#include "elf/relocations.h"
#include "elf/symbols.h"
#include "fixture.h"

namespace crossheap::elf {
namespace {

struct Machine {
  const char *triple;
  const char *name;
  bool wide;
  bool big_endian;
};
// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
void PrintTo(const Machine &machine, std::ostream *out) { *out << machine.triple; }

class Foreign : public testing::TestWithParam<Machine> {
protected:
  File file_ = fixture(std::string("foreign-") + GetParam().triple + ".so");
  DynamicSymbols symbols_{file_};
};

INSTANTIATE_TEST_SUITE_P(Machines, Foreign,
                         testing::Values(Machine{"i386-linux-gnu", "i386", false, false},
                                         Machine{"aarch64-linux-gnu", "aarch64", true, false},
                                         Machine{"armv7-linux-gnueabihf", "arm", false, false},
                                         Machine{"riscv64-linux-gnu", "riscv64", true, false},
                                         Machine{"s390x-linux-gnu", "s390x", true, true},
                                         Machine{"powerpc64-linux-musl", "ppc64", true, true}));

TEST_P(Foreign, HeaderIsRead) {
  EXPECT_EQ(file_.kind(), Kind::SharedLibrary);
  EXPECT_EQ(machine_name(file_.header()), GetParam().name);
  EXPECT_EQ(file_.header().encoding.wide, GetParam().wide);
  EXPECT_EQ(file_.header().encoding.swapped, GetParam().big_endian);
  EXPECT_EQ(file_.dynamic().soname, "libforeign.so");
}

TEST_P(Foreign, DefinitionIsFoundByHash) {
  EXPECT_TRUE(symbols_.find(HashedName("exported"),
                            [](const Symbol &symbol) { return symbol.defined() && symbol.type == STT_FUNC; }));
  EXPECT_FALSE(symbols_.find(HashedName("exportee"), [](const Symbol &) { return true; }));
}

TEST_P(Foreign, CallAndPointerHaveTheirRelocationKinds) {
  std::map<std::string, RelocationKind> kinds;
  Damage damage;
  for_each_symbol_relocation(file_, damage,
                             [&](const Relocation &r) { kinds[std::string(symbols_[r.symbol].name)] = r.kind; });
  EXPECT_EQ(kinds["malloc"], RelocationKind::JumpSlot);
  EXPECT_EQ(kinds["free"], RelocationKind::Absolute);
}

TEST_P(Foreign, ObjectFileIsRead) {
  const File object = fixture(std::string("foreign-") + GetParam().triple + ".o");
  EXPECT_EQ(object.kind(), Kind::Object);
  const SymbolTable table = static_symbols(object);
  bool undefined_malloc = false;
  for (std::uint32_t i = 0; i < table.count(); ++i)
    undefined_malloc = undefined_malloc || (table[i].name == "malloc" && !table[i].defined());
  EXPECT_TRUE(undefined_malloc);
}

}  // namespace
}  // namespace crossheap::elf
