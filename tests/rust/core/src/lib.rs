// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The library that every artifact holds. It allocates, and leaves open whose allocator that is.
use std::ffi::{c_void, CStr};

#[global_allocator]
static HEAP: crossheap::CrossheapAlloc = crossheap::CrossheapAlloc;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
}

/// Uses the heap, and says whose it is: "jemalloc static, and malloc is the same".
pub fn answer() -> String {
    let mut numbers: Vec<u64> = (0..1000).collect();
    numbers.extend_from_within(..);
    assert_eq!(numbers.iter().sum::<u64>(), 999_000);
    #[repr(align(4096))]
    struct Page(#[allow(dead_code)] [u8; 4096]);
    let page = Box::new(Page([1; 4096]));
    assert_eq!(&raw const *page as usize % 4096, 0);

    let provider = crossheap::provider();
    // SAFETY: strings that live as long as the artifact.
    let [family, resolution] =
        [provider.family, provider.resolution].map(|text| unsafe { CStr::from_ptr(text) }.to_str().unwrap());
    let one = provider.allocate_address == malloc as *const c_void;
    format!("{family} {resolution}, and malloc is {}", if one { "the same" } else { "another" })
}

/// For C: writes the answer as a line.
pub fn say() {
    println!("{}", answer());
}
