#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A child in a mount namespace of its own, where an empty folder lies over the agent's, runs as alone and is named.
#
# policies: report
# needs: jq unshare
# truth: clean
unshare -m true 2>/dev/null || { echo "no mount namespace can be made here"; exit 77; }
cd "$TMPDIR" || exit 1
agent=$("$CROSSHEAP" trace -o first -- sh -c 'echo "$LD_AUDIT"')
test -e "$agent" || { echo "there is no agent at $agent"; exit 1; }
said=$("$CROSSHEAP" trace --depth "$DEPTH" --on-crossing "$POLICY" --format json -o json -- \
  unshare -m sh -c "mount -t tmpfs none '${agent%/*}' && /bin/echo hidden" 2>&1)
[[ $said == hidden ]] || { echo "it said: $said"; exit 1; }
jq -e '.unwatched[] | select(.. | strings | endswith("/echo"))' json >named || { echo "the child is not named"; exit 1; }
