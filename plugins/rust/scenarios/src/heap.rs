// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Rust's global allocator as a party of the contract: three functions for the other side, and an identity.
use core::alloc::Layout;
use core::ffi::{c_void, CStr};
use core::ptr::null;
use std::sync::OnceLock;

use crossheap::Provider;

/// Who stands behind the global allocator; made at the first question, because the addresses are only known then.
pub struct Identity {
    family: &'static CStr,
    answer: OnceLock<Provider>,
}

impl Identity {
    pub const fn new(family: &'static CStr) -> Self {
        Self { family, answer: OnceLock::new() }
    }

    pub fn answer(&'static self, allocate: *const c_void, release: *const c_void) -> *const Provider {
        self.answer.get_or_init(|| Provider {
            struct_size: size_of::<Provider>() as u32,
            abi_version: crossheap::ABI_VERSION,
            family: self.family.as_ptr(),
            version: c"".as_ptr(),
            resolution: c"#[global_allocator]".as_ptr(),
            allocate_address: allocate,
            release_address: release,
        })
    }
}

// SAFETY: its pointers are to constants and functions.
unsafe impl Send for Identity {}
// SAFETY: as above, and OnceLock keeps the first answer.
unsafe impl Sync for Identity {}

/// `crossheap_allocate` of this side.
///
/// # Safety
/// The contract's: a size above 0, an alignment that is a power of two.
pub unsafe extern "C" fn allocate(size: usize, align: usize) -> *mut c_void {
    match Layout::from_size_align(size, align) {
        // SAFETY: the caller promises a size above 0.
        Ok(layout) => unsafe { std::alloc::alloc(layout).cast() },
        Err(_) => null::<c_void>().cast_mut(),
    }
}

/// `crossheap_reallocate` of this side.
///
/// # Safety
/// The contract's: a block of this side, with the size and alignment of its last allocation, and a new size above 0.
pub unsafe extern "C" fn reallocate(block: *mut c_void, old_size: usize, align: usize, new_size: usize) -> *mut c_void {
    // SAFETY: the caller's promise; a layout that was good for the block is good here.
    unsafe {
        let layout = Layout::from_size_align_unchecked(old_size, align);
        std::alloc::realloc(block.cast(), layout, new_size).cast()
    }
}

/// `crossheap_deallocate` of this side.
///
/// # Safety
/// The contract's: a block of this side, with the size and alignment of its last allocation.
pub unsafe extern "C" fn release(block: *mut c_void, size: usize, align: usize) {
    // SAFETY: as for reallocate.
    unsafe { std::alloc::dealloc(block.cast(), Layout::from_size_align_unchecked(size, align)) }
}
