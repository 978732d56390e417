#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each drill: a plugin with the fault that it is for fails it, under its hazard; the same plugin without the fault holds.
# shellcheck source=tests/drill/drills.bash
source "$(dirname "$0")/drills.bash"

contract() { printf '%s\n' "$@" >contract.toml; }

case $1 in
  load-unload)
    drills leaves_blocks
    fails load-unload XH302 'bytes of blocks are left'
    for preload in libjemalloc.so.2 libtcmalloc_minimal.so.4; do
      drills leaves_blocks --preload "$preload"
      fails load-unload XH302 'bytes of blocks are left'
      drills leaves_blocks_mended --preload "$preload" && all_hold
    done
    drills leaves_blocks_mended && all_hold
    # What is taken once, and what cannot be unloaded, is no growth.
    drills leaves_blocks_once && all_hold
    drills leaves_blocks_resident && all_hold
    drills leaves_mappings
    fails load-unload XH302 '65,536 bytes stay mapped'
    drills leaves_mappings_mended && all_hold
    drills leaves_threads
    fails load-unload XH301
    drills leaves_threads_mended && all_hold
    ;;
  threads)
    drills ends_threads_later
    fails threads XH301 'killed by SIGSEGV while ending a thread'
    drills ends_threads_later_mended && all_hold
    # A thread that called the plugin, and not only one that opened it.
    contract '[[call]]' 'function = "use"' 'signature = "void()"'
    drills keeps_a_value_for_each_thread --contract contract.toml
    fails threads XH301 'killed by SIGSEGV while ending a thread'
    drills keeps_a_value_for_each_thread_mended --contract contract.toml && all_hold
    ;;
  releases-elsewhere)
    contract '[[call]]' 'function = "make"' 'signature = "pointer()"' 'returns = "owned"' 'release = "drop"'
    drills heap_of_a_thread --contract contract.toml
    holds calls
    fails threads XH305 'killed by SIGSEGV while releasing blocks whose thread has ended'
    drills heap_of_a_thread_mended --contract contract.toml && all_hold
    ;;
  fork)
    contract '[[call]]' 'function = "make"' 'signature = "pointer()"' 'returns = "owned"' 'release = "free"'
    drills locks_its_heap --contract contract.toml --deadline 60000
    fails fork-in-calls XH304 'hangs after a fork while another thread calls the plugin'
    drills locks_its_heap_mended --contract contract.toml --deadline 60000 && all_hold
    # Data that a thread was changing when the process forked is half changed in the child. No host calls such a plugin
    # there; and slow calls are no hang.
    contract '[[call]]' 'function = "remember"' 'signature = "string(string)"' 'arguments = ["you"]' \
      'returns = "borrowed"' 'threads = 1'
    drills keeps_its_last_answer --contract contract.toml && all_hold
    drills keeps_its_last_answer_slowly --contract contract.toml --deadline 2000 && all_hold
    # Libc's locks may be held in such a child: it starts no thread for the calls.
    contract '[[call]]' 'function = "answer_status"' 'signature = "int()"' 'threads = 6' 'repeat = 3'
    drills greets --contract contract.toml && all_hold && holds fork
    ;;
  exit-open)
    drills frees_twice_at_exit
    fails exit-open XH303 'while leaving by exit, with the plugin open'
    drills frees_twice_at_exit_mended && all_hold
    ;;
  exit-closed)
    drills crashes_after_unloading
    fails exit-closed XH303 'killed by SIGSEGV while leaving by exit, with the plugin closed'
    drills crashes_after_unloading_mended && all_hold
    ;;
  two-copies)
    drills shares_a_pool
    fails two-copies XH114
    drills shares_a_pool_mended && all_hold
    drills exports_its_state --mode global
    fails two-copies XH108
    drills exports_its_state --mode local && all_hold
    drills exports_its_state_mended --mode global && all_hold
    ;;
  before-another)
    contract '[[call]]' 'function = "work"' 'signature = "void()"'
    drills calls_its_own_release --mode global --with "$PLUGINS/has_the_same_name.so" --contract contract.toml
    fails after-another XH108
    holds before-another
    drills calls_its_own_release_mended --mode global --with "$PLUGINS/has_the_same_name.so" --contract contract.toml
    all_hold
    ;;
  static-tls)
    drills much_static_tls
    holds load
    fails static-tls XH401 'used up half of the static TLS surplus'
    drills much_static_tls_mended && all_hold
    ;;
  load)
    drills too_much_static_tls
    fails load XH401 'does not fit'
    drills too_much_static_tls_mended && all_hold
    # Under deepbind its operator new is its own, as in a host without the C++ runtime.
    drills calls_an_allocator_that_is_not_there --mode deepbind
    fails load XH306 'killed by SIGSEGV while opening the plugin, by a call through a null pointer in operator new'
    drills calls_an_allocator_that_is_not_there_mended --mode deepbind && all_hold
    ;;
  closed-streams)
    drills takes_a_low_descriptor
    fails closed-streams '' 'killed by SIGABRT while opening the plugin'
    drills takes_a_low_descriptor_mended && all_hold
    ;;
  second-namespace)
    drills passes_to_its_second_copy --mode namespace
    fails second-namespace XH102
    drills passes_to_its_second_copy_mended --mode namespace && all_hold
    ;;
  constructors)
    contract '[[callback]]' 'name = "allocate"' 'is = "malloc"' '[[callback]]' 'name = "release"' 'is = "free"' \
      '[[call]]' 'function = "plugin_open"' 'signature = "void(pointer, pointer)"' \
      'arguments = [{ callback = "allocate" }, { callback = "release" }]' \
      '[[call]]' 'function = "plugin_close"' 'signature = "void()"'
    drills allocates_before_the_handshake --contract contract.toml
    fails constructors XH306 "hands a block to the host's free that it allocated before"
    drills allocates_before_the_handshake_mended --contract contract.toml && all_hold
    ;;
  *) fail "no drill $1" ;;
esac
