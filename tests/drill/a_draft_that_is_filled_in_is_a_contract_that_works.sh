#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# crossheap contract draft writes what the file tells, with a question mark where only the author knows; a contract with
# one is refused by its line; with the marks filled in, its calls are made.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

"$CROSSHEAP" contract draft "$PLUGINS/greets.so" -o draft.toml 2>said || fail 'no draft' "$(cat said)"
[[ $(cat said) == 'crossheap: draft.toml has '*' calls; fill in '*' question marks, and delete the calls that a host does not make' ]] ||
  fail 'what is left to do is not said' "$(cat said)"

# The types are those of the sources, also behind a structure of functions.
grep -qx 'signature = "int(string, pointer, pointer)"' draft.toml || fail 'find is not drafted' "$(cat draft.toml)"
[[ $(grep -A3 '^function = "length"' draft.toml | tr '\n' ';') == \
  'function = "length";through = "greeter_entry";offset = 16;signature = "uint64(pointer)";'* ]] ||
  fail 'a member of a structure is not drafted' "$(cat draft.toml)"
grep -qx 'symbol = "greeter_variable"' draft.toml || fail 'an exported structure is not drafted' "$(cat draft.toml)"

# Not finished: the first mark is named by its line.
line=$(grep -n '"?"' draft.toml | grep -v '^[0-9]*:#' | head -n 1 | cut -d: -f1)
"$CROSSHEAP" contract check draft.toml 2>refused && fail 'an unfinished contract is accepted'
[[ $(cat refused) == "crossheap: draft.toml:$line: "*'not finished'* ]] || fail "line $line is not named" "$(cat refused)"

# What an author does: keep some calls, and fill in their marks.
python3 - <<'EOF' || exit 1
import re
blocks = re.split(r"\n(?=\n|# [a-z].*\n\[\[)", open("draft.toml").read())
wanted = {
    "greet": lambda b: b.replace('"?",  # name', '"world",  # name').replace('returns = "?"', 'returns = "owned"\nrelease = "free"'),
    "greeter_entry": lambda b: b.replace('returns = "?"', 'returns = "borrowed"'),
    "open": lambda b: b.replace('"?",', '"me",').replace('returns = "?"', 'returns = "handle"\nsave = "one"'),
    "length": lambda b: b.replace('"?",', '{ use = "one" },'),
    "close": lambda b: b.replace('"?",', '{ destroy = "one" },'),
}
kept = ['plugin = "greets.so"']
for block in blocks:
    name = re.search(r'^function = "(\w+)"', block, re.M)
    if name and name[1] in wanted and 'through = "greeter_variable"' not in block:
        kept.append(wanted[name[1]](block))
open("contract.toml", "w").write("\n".join(kept) + "\n")
EOF
"$CROSSHEAP" contract check contract.toml >checked || fail 'the filled-in contract is refused' "$(cat contract.toml)"
[[ $(cat checked) == 'contract.toml: 5 calls, finished' ]] || fail 'not five calls' "$(cat checked contract.toml)"
drills greets --contract contract.toml
all_hold
[[ $(result calls 4) == 5 ]] || fail 'not all calls were made' "$(cat results)"

# Without debugging information there are names, and all types are marks.
objcopy --strip-all "$PLUGINS/greets.so" stripped.so
"$CROSSHEAP" contract draft stripped.so >stripped.toml 2>/dev/null || fail 'a stripped file has no draft'
for words in '^function = "greet"$' '^signature = "?"' 'no debugging information'; do
  grep -q "$words" stripped.toml || fail "the draft of a stripped file lacks $words" "$(cat stripped.toml)"
done

# Functions in a namespace, which is where Rust puts all of them; and types that stand in a file of their own.
cat >inside.cpp <<'C'
namespace one { namespace two { extern "C" long count_words(const char *text, bool all) { return all ? text[0] : 0; } } }
struct Pair { long a, b, c; };
extern "C" void take_pair(Pair pair) { (void)pair; }
C
for options in "-g" "-g -gsplit-dwarf"; do
  # shellcheck disable=SC2086  # two words
  c++ $options -shared -fPIC -o inside.so inside.cpp || fail 'no compiler'
  "$CROSSHEAP" contract draft inside.so >inside.toml 2>/dev/null || fail "no draft with $options"
  grep -qx 'signature = "int64(string, bool)"' inside.toml || fail "no types with $options" "$(cat inside.toml)"
  grep -qx '# left out: a contract has no word for struct Pair' inside.toml || fail 'no reason' "$(cat inside.toml)"
done
# Debugging information of something else is none of what is exported, and is not none.
echo 'static int unseen(void) { return 1; } int (*volatile kept)(void) = unseen;' >other.c
echo 'long count_words(const char *text) { return text[0]; }' >bare.c
{ cc -c -fPIC bare.c && cc -g -c -fPIC -fvisibility=hidden other.c && cc -shared -o mixed.so bare.o other.o; } ||
  fail 'no compiler'
"$CROSSHEAP" contract draft mixed.so >mixed.toml 2>/dev/null || fail 'no draft of mixed.so'
grep -q '^# The debugging information does not describe what the file exports' mixed.toml ||
  fail 'a part of the debugging information is taken for none' "$(cat mixed.toml)"
