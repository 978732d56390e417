// SPDX-License-Identifier: MIT OR Apache-2.0

#[global_allocator]
static GLOBAL: snmalloc_rs::SnMalloc = snmalloc_rs::SnMalloc;

scenarios::plugin!(c"rust-snmalloc", c"snmalloc", snmalloc_sys::sn_rust_alloc, snmalloc_sys::sn_rust_dealloc);
