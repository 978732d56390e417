// SPDX-License-Identifier: MIT OR Apache-2.0
/// Writes whose heap this artifact is on.
#[no_mangle]
pub extern "C" fn say() {
    core_library::say();
}

/// Panics; C-unwind lets the panic leave this library.
#[no_mangle]
pub extern "C-unwind" fn panic_out() {
    panic!("nobody stopped this at the boundary");
}

/// Panics; from a function that is extern "C" no panic gets out.
#[no_mangle]
pub extern "C" fn panic_in() {
    panic!("nobody stopped this at the boundary");
}

/// Calls `callback`, and stops whatever unwinds out of it. 1 when something did.
#[no_mangle]
pub extern "C-unwind" fn catch(callback: extern "C-unwind" fn()) -> i32 {
    i32::from(std::panic::catch_unwind(|| callback()).is_err())
}
