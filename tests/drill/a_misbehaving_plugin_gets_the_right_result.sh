#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A plugin that crashes, hangs, floods, forks, deletes files, opens sockets or ends the process in a constructor: its
# results say so, and nothing outside the sandbox is touched.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

# failed_load REASON [OTHERS]: the first drill failed for this reason, and the others were not tried.
failed_load() {
  fails load '' "$1"
  [[ $(cut -d'|' -f2 results | sort | uniq -c | tr -s ' ' | tr '\n' ';') == ' 1 failed; 8 not tried;' ]] ||
    fail 'a plugin that cannot be opened goes through other drills' "$(cat results)"
  [[ $(result fork 5) == "${2:-the plugin could not be opened}" ]] || fail 'no reason is given' "$(cat results)"
}

case $1 in
  crashes) drills misbehaves_crashes && failed_load 'the process was killed by SIGSEGV while opening the plugin' ;;
  hangs) drills misbehaves_hangs --deadline 2000 && failed_load 'the process hung while opening the plugin' ;;
  stops)
    drills misbehaves_stops
    failed_load 'a signal stopped the process while opening the plugin, and nothing let it go on'
    ;;
  exits) drills misbehaves_exits && failed_load 'the plugin ended the process with status 0 while opening the plugin' ;;
  leaves) drills misbehaves_leaves && failed_load 'the plugin ended the process with status 0 while opening the plugin' ;;
  closes) drills misbehaves_closes && failed_load 'the plugin closed the descriptors of its host while opening the plugin' \
    'the plugin does not survive being opened and closed' ;;
  floods) drills misbehaves_floods --deadline 30000 && all_hold ;;
  forks)
    # What it leaves behind goes with the run.
    drills misbehaves_forks --deadline 5000
    ! pgrep -f "^$BUILD/lib/crossheap/crossheap-drill .*misbehaves_forks" || fail 'a child of a run is alive'
    ;;
  deletes)
    # The place is compiled into the plugin.
    victim=$BUILD/tests/drill/victim
    echo precious >"$victim"
    drills misbehaves_deletes && all_hold
    [[ $(cat "$victim") == precious ]] || fail 'the plugin deleted a file'
    ;;
  connects) drills misbehaves_connects && all_hold ;;
  limits)
    # No thread can be started, which is no fault of a fork.
    drills misbehaves_limits
    [[ $(result fork 2) == 'not tried' && $(result fork 5) == 'this process cannot have another thread'* ]] ||
      fail 'a host without another thread is blamed on the fork' "$(cat results)"
    ;;
  scribbles)
    drills misbehaves_scribbles
    [[ $(result load 2) == 'not tried' && $(result load 5) == *'wrote into the descriptor'* ]] ||
      fail 'steps that a plugin wrote are believed' "$(cat results)"
    ;;
esac
