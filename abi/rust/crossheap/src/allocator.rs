// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap/allocator.h. GlobalAlloc promises what the ABI demands: a size above 0, an alignment that is a power of two,
// and the layout of the last allocation at the release.
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{c_char, c_void};

/// `CROSSHEAP_ABI_VERSION`
pub const ABI_VERSION: u32 = 1;

/// `struct crossheap_provider`: what an artifact says of the allocator behind its seven symbols.
#[repr(C)]
#[derive(Debug)]
#[allow(missing_docs)] // the header describes each field
pub struct Provider {
    pub struct_size: u32,
    pub abi_version: u32,
    pub family: *const c_char,
    pub version: *const c_char,
    pub resolution: *const c_char,
    pub allocate_address: *const c_void,
    pub release_address: *const c_void,
}

// SAFETY: constant once made; the pointers lead to strings that live as long, and to functions.
unsafe impl Sync for Provider {}

impl Provider {
    /// Whether a block of one may be released by the other; `false` when in doubt. `crossheap_same_heap`
    pub fn same_heap(&self, other: &Provider) -> bool {
        self.abi_version == ABI_VERSION
            && other.abi_version == ABI_VERSION
            && !self.allocate_address.is_null()
            && !self.release_address.is_null()
            && self.allocate_address == other.allocate_address
            && self.release_address == other.release_address
    }
}

// ABI: defined at the final link, hidden in each artifact.
extern "C" {
    fn crossheap_allocate(size: usize, align: usize) -> *mut c_void;
    fn crossheap_allocate_zeroed(size: usize, align: usize) -> *mut c_void;
    fn crossheap_deallocate(block: *mut c_void, size: usize, align: usize);
    fn crossheap_reallocate(block: *mut c_void, old_size: usize, align: usize, new_size: usize) -> *mut c_void;
    fn crossheap_provider() -> *const Provider;
}

/// Who stands behind this artifact's seven symbols.
pub fn provider() -> &'static Provider {
    // SAFETY: never null, and lives as long as the artifact that this code stands in.
    unsafe { &*crossheap_provider() }
}

/// The allocation ABI as Rust's global allocator.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossheapAlloc;

// SAFETY: the ABI's functions may be called from any thread at any time, do not unwind, and hand out blocks that stay
// where they are until they are released or reallocated.
unsafe impl GlobalAlloc for CrossheapAlloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises a size above 0; an alignment of a layout is a power of two.
        unsafe { crossheap_allocate(layout.size(), layout.align()).cast() }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { crossheap_allocate_zeroed(layout.size(), layout.align()).cast() }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller hands in a block of ours with the layout of its last allocation.
        unsafe { crossheap_deallocate(block.cast(), layout.size(), layout.align()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above, and the caller promises a new size above 0.
        unsafe { crossheap_reallocate(block.cast(), layout.size(), layout.align(), new_size).cast() }
    }
}
