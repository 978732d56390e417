// SPDX-License-Identifier: MIT OR Apache-2.0
/// Writes whose heap this artifact is on.
#[no_mangle]
pub extern "C" fn say() {
    core_library::say();
}
