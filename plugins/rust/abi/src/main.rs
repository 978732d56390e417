// SPDX-License-Identifier: MIT OR Apache-2.0

use std::ffi::c_void;

#[global_allocator]
static GLOBAL: crossheap::CrossheapAlloc = crossheap::CrossheapAlloc;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
}

// The allocation ABI, which is malloc in a cdylib.
scenarios::plugin!(c"rust-abi", c"system", malloc, free);

fn main() {
    scenarios::exchange(&crossheap_plugin);
}
