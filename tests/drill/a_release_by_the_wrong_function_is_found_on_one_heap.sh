#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A contract that releases a block of malloc by delete, or one of new by free, works on one heap and is wrong: XH205. So
# is one by which the plugin resizes a block of new.
# The right pairs hold, and how a plugin pairs its own calls is not the contract's.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

gets() {
  printf '%s\n' '[[call]]' "function = \"$1\"" 'signature = "pointer()"' 'returns = "owned"' "release = \"$2\"" \
    >contract.toml
}
gives() {
  printf '%s\n' '[[call]]' "function = \"$1\"" 'signature = "void(pointer)"' \
    "arguments = [{ give = 16, with = \"$2\" }]" >contract.toml
}

right=(of_malloc:free of_new:delete 'of_new_array:delete[]')
wrong=(of_malloc:delete 'of_malloc:delete[]' of_new:free of_new_array:delete)
for pair in "${right[@]}"; do
  gets "${pair%:*}" "${pair#*:}"
  drills hands_out --contract contract.toml
  all_hold
done
for pair in "${wrong[@]}"; do
  gets "${pair%:*}" "${pair#*:}"
  drills hands_out --contract contract.toml
  fails calls XH205
done
gives takes_by_free malloc
drills hands_out --contract contract.toml
all_hold
gives takes_by_free new
drills hands_out --contract contract.toml
fails calls XH205
gives takes_by_delete malloc
drills hands_out --contract contract.toml
fails calls XH205
gives resizes malloc
drills hands_out --contract contract.toml
all_hold
for form in new 'new[]'; do
  gives resizes "$form"
  drills hands_out --contract contract.toml
  fails calls XH205
done
printf '%s\n' '[[call]]' 'function = "pairs_wrongly_inside"' 'signature = "int()"' >contract.toml
drills hands_out --contract contract.toml
all_hold
# An operator new without a name is seen as the malloc that it calls.
gets of_new delete
drills hands_out_stripped --contract contract.toml
holds calls
# In mimalloc and tcmalloc free and operator delete are one function with two names.
for preload in libmimalloc.so.2 libtcmalloc_minimal.so.4; do
  drills hands_out --contract contract.toml --preload "$preload"
  all_hold
done
