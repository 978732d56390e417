// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A Rust staticlib with an allocator of its own, which counts.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;
static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator, whose promises hold.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static HEAP: Counting = Counting;

/// Makes a box, and says whether this library's allocator was asked for it.
#[no_mangle]
pub extern "C" fn asks_its_own_allocator() -> i32 {
    let before = COUNT.load(Ordering::Relaxed);
    drop(std::hint::black_box(Box::new(7u64)));
    i32::from(COUNT.load(Ordering::Relaxed) != before)
}
