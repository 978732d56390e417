// SPDX-License-Identifier: MIT OR Apache-2.0

use std::ffi::c_void;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
}

// Rust's default is std::alloc::System, which is malloc.
scenarios::plugin!(c"rust", c"system", malloc, free);
