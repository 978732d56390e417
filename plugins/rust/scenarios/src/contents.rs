// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What is written into a block and looked for in it: the same sequences as in plugins/scenarios/contents.c.
use core::ffi::CStr;
use core::slice;

use crossheap::plugin::Host;

use crate::experiment::{ExperimentHost, Handover};

// SplitMix64 (Steele, Lea, Flood 2014), a word a step.
fn sequence(mut state: u64) -> impl Iterator<Item = u8> {
    core::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
    .flat_map(u64::to_le_bytes)
}

/// Writes the sequence that `seed` starts.
pub fn fill(bytes: &mut [u8], seed: u64) {
    for (byte, value) in bytes.iter_mut().zip(sequence(seed)) {
        *byte = value;
    }
}

/// Whether the sequence that `seed` starts stands there.
pub fn holds(bytes: &[u8], seed: u64) -> bool {
    bytes.iter().copied().zip(sequence(seed)).all(|(byte, value)| byte == value)
}

/// The handover's number for a text.
pub fn text_seed(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// The bytes of the block.
///
/// # Safety
/// Its giver has described it truthfully.
pub unsafe fn bytes_of<'a>(handover: &Handover) -> &'a mut [u8] {
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts_mut(handover.block.cast(), handover.size as usize) }
}

/// Reports `what` to the host unless `holds_true`.
pub fn expect(host: &Host, holds_true: bool, what: &CStr) {
    if !holds_true {
        // SAFETY: a sentence, which the host copies.
        unsafe { (ExperimentHost::of(host).report_wrong)(what.as_ptr()) }
    }
}

/// The start of every take: reports contents other than those the giver wrote.
///
/// # Safety
/// As for bytes_of.
pub unsafe fn check(host: &Host, handover: &Handover) {
    // SAFETY: the caller's promise.
    let good = unsafe { holds(bytes_of(handover), handover.seed) };
    expect(host, good, c"the block does not hold what its giver wrote");
}
