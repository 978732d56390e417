// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

#include "base/spelling.h"

namespace crossheap {
namespace {

TEST(Glob, StarSpansDashesAndSlashes) { EXPECT_TRUE(matches_glob("system*", "system-preload/x")); }

TEST(Glob, WithoutGlobCharactersOnlyTheSameTextMatches) {
  EXPECT_FALSE(is_glob("jemalloc-static"));
  EXPECT_FALSE(matches_glob("jemalloc", "jemalloc-static"));
}

TEST(Nearest, FindsTheNameBehindATypingError) {
  constexpr std::array<std::string_view, 3> kKnown{"deepbind", "local", "global"};
  EXPECT_EQ(nearest("depbind", kKnown), "deepbind");
}

TEST(Nearest, SaysNothingWhenNothingIsNear) {
  constexpr std::array<std::string_view, 2> kKnown{"deepbind", "local"};
  EXPECT_EQ(nearest("zzzzzz", kKnown), "");
}

TEST(Printable, EscapesControlCharactersAndBrokenUtf8AndKeepsTheRest) {
  EXPECT_EQ(printable("a\033[2Jb\xff\n\xc3\xa9"), "a\\x1b[2Jb\\xff\n\xc3\xa9");
}

TEST(Printable, EscapesOverlongFormsSurrogatesAndWhatIsBeyondUnicode) {
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xf4\x8f\xbf\xbd"), "\xf4\x8f\xbf\xbd");
}

// NOLINTBEGIN(misc-misleading-bidirectional): what is to be escaped
TEST(Printable, EscapesWhatReordersOrHidesText) {
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x81\xa6"
                      "c\xe2\x80\x8b"
                      "d\xe2\x80\xa8"
                      "e\xc2\x85"
                      "f"),
            "a\\u202eb\\u2066c\\u200bd\\u2028e\\u0085f");
}
// NOLINTEND(misc-misleading-bidirectional)

TEST(PrintableName, KeepsAStrangersNameOnOneLine) {
  EXPECT_EQ(printable_name("a\nlevel: clean\tb"), "a\\nlevel: clean\\tb");
}

TEST(Printable, EscapesASequenceCutShortAtTheEnd) { EXPECT_EQ(printable("x\xe2\x82"), "x\\xe2\\x82"); }

TEST(WithCommas, GroupsByThousands) {
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
}

TEST(Enumeration, JoinsTheLastTwoWithAWord) {
  const std::array<std::string, 3> words{"a", "b", "c"};
  EXPECT_EQ(enumeration(words), "a, b and c");
  EXPECT_EQ(enumeration(std::span(words).first(2), "or"), "a or b");
}

TEST(ShellQuoted, QuotesOnlyWhatTheShellWouldChange) {
  EXPECT_EQ(shell_quoted("--mode=local"), "--mode=local");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted(""), "''");
  for (const std::string_view name : {"a\nb\tc\x01", "it's \xff\\", "\xe2\x80\xa8.so", "plain", ""})
    EXPECT_EQ(from_printable(printable_name(name)), name);
  EXPECT_EQ(shell_quoted("a\nb\x01"), "$'a\\x0ab\\x01'");
  EXPECT_EQ(shell_quoted("it's \xff\\"), "$'it\\'s \\xff\\\\'");
}

TEST(Glob, MatchesAsTheShellDoes) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*b?[c-e]", "axxbyd"));
  EXPECT_FALSE(matches_glob("a*b?[!c-e]", "axxbyd"));
  EXPECT_TRUE(matches_glob("\\*", "*"));
  EXPECT_FALSE(matches_glob("\\*", "x"));
  EXPECT_TRUE(matches_glob("[]]", "]"));
  EXPECT_TRUE(matches_glob("a[", "a["));
  EXPECT_TRUE(matches_glob("/usr/*/lib*.so", "/usr/x/y/libz.so"));
  EXPECT_FALSE(matches_glob("abc", "abcd"));
  EXPECT_TRUE(matches_glob("x[[:digit:]]", "x7"));
}

TEST(Glob, OfManyStarsTakesNoLongerThanTheProductOfTheLengths) {
  std::string stars;
  for (int i = 0; i < 2000; ++i) stars += "*a";
  const std::string text(20'000, 'a');
  EXPECT_FALSE(matches_glob(stars + "b", text));  // a test that takes for ever is the failure
  EXPECT_TRUE(matches_glob(stars, text));
}

}  // namespace
}  // namespace crossheap
