#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# One contract with every kind of call: texts, buffers, out-parameters, handles, structures of functions, callbacks,
# C++ objects, threads. What it expects is what comes back, and no block crosses on any one heap.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"
contract=$SOURCE/tests/drill/contract_greets.toml

for preload in '' libjemalloc.so.2 libmimalloc.so.2 libtcmalloc_minimal.so.4; do
  drills greets --contract "$contract" ${preload:+--preload "$preload"}
  all_hold
  [[ $(result calls 4) == 426 ]] || fail 'not all calls were made' "$(cat results)"
done

# On two heaps, what passes crosses, and the agent sees where.
drills greets --contract "$contract" --preload libjemalloc.so.2 --mode deepbind
fails calls XH201
# The drills that are not about the calls are not drowned in that.
holds exit-open
holds fork

# A call that answers otherwise than expected is no crossing, and is said with its line.
printf '%s\n' '[[call]]' 'function = "answer_status"' 'signature = "int()"' 'expect = 0' >wrong.toml
drills greets --contract wrong.toml
[[ $(result calls 2) == 'not tried' &&
  $(result calls 5) == 'wrong.toml:1: `answer_status` returned 3, and the contract expects 0' ]] ||
  fail 'a wrong answer is not said' "$(cat results)"
printf '%s\n' '' '[[call]]' 'function = "answer"' 'signature = "int()"' >wrong.toml
drills greets --contract wrong.toml
[[ $(result calls 5) == 'wrong.toml:2: the plugin does not export `answer`' ]] ||
  fail 'a missing function is not said' "$(cat results)"

# The host's allocator has no lock of its own that a forked child could wait for.
printf '%s\n' '[[callback]]' 'name = "allocate"' 'is = "malloc"' '[[callback]]' 'name = "release"' 'is = "free"' \
  '[[table]]' 'name = "host"' \
  'members = [{ uint32 = 32 }, { callback = "allocate" }, { callback = "release" }, { text = "stand-in" }]' \
  '[[call]]' 'function = "set_host"' 'signature = "int(pointer)"' 'arguments = [{ table = "host" }]' \
  '[[call]]' 'function = "use_host"' 'signature = "void()"' 'repeat = 20000' >allocates.toml
for _ in 1 2 3 4 5; do
  drills greets --contract allocates.toml
  all_hold
  holds fork
done
