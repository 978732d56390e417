// SPDX-License-Identifier: MIT OR Apache-2.0
#include "contract/contract.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "contract/arguments.h"

namespace crossheap::contract {
namespace {

constexpr std::string_view kGreet =
    "[[call]]\nfunction = \"greet\"\nsignature = \"string(string)\"\narguments = [\"world\"]\nreturns = \"owned\"\n"
    "release = \"free\"\n";

// What is said of a contract that is refused: "c.toml:LINE: REASON | NEXT STEP".
std::string refusal(std::string_view text) {
  try {
    parse(text, "c.toml");
  } catch (const Error &error) {
    EXPECT_EQ(error.blame(), Blame::Usage);
    EXPECT_FALSE(error.next_step().empty()) << error.what();
    return error.object() + ": " + error.reason();
  }
  return "accepted";
}

std::string one_call(std::string_view rest) { return "[[call]]\nfunction = \"f\"\n" + std::string(rest); }

TEST(Contract, OfTheIssueIsRead) {
  const Contract contract = parse(kGreet, "c.toml");
  ASSERT_EQ(contract.calls.size(), 1u);
  const Call &call = contract.calls[0];
  EXPECT_EQ(call.function, "greet");
  EXPECT_EQ(call.signature.result, Type::String);
  EXPECT_EQ(call.arguments.at(0).text, "world");
  EXPECT_EQ(call.outcome.release, Release::Free);
  EXPECT_EQ(call.line, 1u);
}

TEST(Contract, WordsOfACommandLineAreTheSameContract) {
  std::string text(kGreet);
  text +=
      "save = \"text\"\nexpect = \"hello\"\n[[callback]]\nname = \"c\"\nsignature = "
      "\"string(int, double)\"\ntext = \"\"\nreturns = \"borrowed\"\n";
  const Contract contract = parse(text, "c.toml");
  const std::vector<std::string> words = as_arguments(contract);
  std::vector<std::string> copy = words;
  std::vector<char *> pointers;
  pointers.reserve(copy.size());
  for (std::string &word : copy) pointers.push_back(word.data());
  const auto again = from_arguments(pointers);
  ASSERT_TRUE(again);
  EXPECT_EQ(as_arguments(*again), words);
  EXPECT_EQ(again->calls.at(0).outcome.expected_text, "hello");
  pointers.pop_back();
  EXPECT_FALSE(from_arguments(pointers));
}

TEST(Contract, AnUnfinishedOneIsRefusedByTheFirstLineWithAMark) {
  EXPECT_EQ(refusal("[[call]]\nfunction = \"f\"\nsignature = \"void(?)\"\narguments = [\"?\"]\n"),
            "c.toml:3: the contract is not finished: `signature` still has a question mark, and so have 1 more");
  EXPECT_EQ(refusal(one_call("signature = \"pointer()\"\nreturns = \"owned\"\nrelease = \"?\"\n")),
            "c.toml:5: the contract is not finished: `release` still has a question mark");
  EXPECT_EQ(refusal(one_call("signature = \"void(string)\"\narguments = [{ text = \"?\" }]\n")), "accepted");
}

TEST(Contract, EachMistakeIsNamedByItsLine) {
  EXPECT_EQ(refusal(""), "c.toml: is a contract without a call");
  EXPECT_EQ(refusal("a ="), "c.toml:1: is not TOML: Error while parsing key-value pair: encountered end-of-file");
  EXPECT_EQ(refusal("[[calls]]\n"), "c.toml:1: `calls` is no key here");
  EXPECT_EQ(refusal("call = 1\n"), "c.toml:1: `call` is no list of tables");
  EXPECT_EQ(refusal(one_call("")), "c.toml:1: `signature` is missing");
  EXPECT_EQ(refusal(one_call("signature = \"strin()\"")), "c.toml:3: \"strin\" is no type");
  EXPECT_EQ(refusal(one_call("signature = \"string\"")), "c.toml:3: \"string\" is no signature");
  EXPECT_EQ(refusal(one_call("signature = \"int(string, ...)\"")),
            "c.toml:3: a function with a variable number of arguments cannot be called");
  EXPECT_EQ(refusal(one_call("signature = \"void(int)\"")),
            "c.toml:1: the signature has 1 parameters and `arguments` 0");
  EXPECT_EQ(refusal(one_call("signature = \"void(uint8)\"\narguments = [256]")),
            "c.toml:4: argument 1 does not fit into its type");
  EXPECT_EQ(refusal(one_call("signature = \"void(string)\"\narguments = [1]")),
            "c.toml:4: argument 1 is a number, and the signature wants something else");
  EXPECT_EQ(refusal(one_call("signature = \"void(int)\"\narguments = [\"1\"]")),
            "c.toml:4: argument 1 is a text, and the signature wants something else");
  EXPECT_EQ(refusal(one_call("signature = \"string()\"")),
            "c.toml:1: it does not say who owns the block that it returns");
  EXPECT_EQ(refusal(one_call("signature = \"string()\"\nreturns = \"owned\"")),
            "c.toml:1: it does not say who releases the block");
  EXPECT_EQ(refusal(one_call("signature = \"string()\"\nreturns = \"borrowed\"\nrelease = \"free\"")),
            "c.toml:1: `release` stands where no block passes to the host");
  EXPECT_EQ(refusal(one_call("signature = \"int()\"\nreturns = \"owned\"")),
            "c.toml:1: what it returns is no pointer, so it cannot be owned");
  EXPECT_EQ(refusal(one_call("signature = \"void(pointer)\"\narguments = [{ use = \"x\" }]")),
            "c.toml:4: no call above keeps a value 'x'");
  EXPECT_EQ(refusal(one_call("signature = \"pointer()\"\nreturns = \"handle\"\nsave = \"h\"")),
            "c.toml:1: nobody releases 'h'");
  EXPECT_EQ(refusal(one_call("signature = \"pointer()\"\nreturns = \"handle\"")),
            "c.toml:1: the handle has no name by which a later call destroys it");
  EXPECT_EQ(refusal(one_call("signature = \"int()\"\nthreads = 65")),
            "c.toml:4: `threads` is no whole number from 1 to 64");
  EXPECT_EQ(refusal(one_call("signature = \"void(pointer)\"\narguments = [{ buffer = 3, text = \"abc\" }]")),
            "c.toml:4: the text of argument 1 does not fit into 3 bytes");
  EXPECT_EQ(refusal(one_call("signature = \"void(pointer)\"\narguments = [{ callback = \"x\" }]")),
            "c.toml:4: there is no [[callback]] 'x'");
  EXPECT_EQ(refusal("[[call]]\nthrough = \"api\"\nfunction = \"f\"\nsignature = \"int()\"\n"),
            "c.toml:1: no call above keeps a value 'api'");
}

TEST(Contract, AValueIsNotUsedAfterTheCallThatDestroysIt) {
  const std::string open = one_call("signature = \"pointer()\"\nreturns = \"handle\"\nsave = \"h\"\n");
  const std::string close = one_call("signature = \"void(pointer)\"\narguments = [{ destroy = \"h\" }]\n");
  EXPECT_EQ(refusal(open + close), "accepted");
  EXPECT_EQ(refusal(open + close + close), "c.toml:13: 'h' is already destroyed, by line 9");
  EXPECT_EQ(refusal(open + open), "c.toml:6: 'h' still has the block of line 1");
  EXPECT_EQ(refusal("threads = 4\nrepeat = 9\n" + open + close), "accepted");
  EXPECT_EQ(refusal(open + one_call("signature = \"void(pointer)\"\narguments = [{ destroy = \"h\" }]\nrepeat = 2\n")),
            "c.toml:9: a call by several threads, or repeated, would destroy one handle several times");
}

TEST(Contract, MembersOfALayoutStandWhereTheCompilerPutsThem) {
  const Contract contract = parse(
      "[[layout]]\nname = \"l\"\nmembers = [\"uint8 a\", \"int b\", \"uint16 c\", \"pointer d\", \"char *e\"]\n"
      "[[variable]]\nsymbol = \"s\"\nsave = \"v\"\nlayout = \"l\"\n"
      "[[call]]\nthrough = \"v\"\nfunction = \"d\"\nsignature = \"int()\"\n"
      "[[call]]\nthrough = \"v\"\nfunction = \"e\"\nsignature = \"int()\"\n",
      "c.toml");
  EXPECT_EQ(contract.calls.at(0).offset, 16u);
  EXPECT_EQ(contract.calls.at(1).offset, 24u);
}

}  // namespace
}  // namespace crossheap::contract
