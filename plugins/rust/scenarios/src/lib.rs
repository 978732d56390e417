// SPDX-License-Identifier: MIT OR Apache-2.0

//! A Rust plugin of the experiment, but for its allocator: each package of this workspace adds its `#[global_allocator]`
//! and `scenarios::plugin!`, and is a plugin.
//!
//! The other side of the scenarios is in C++ (plugins/scenarios): Rust's objects cross as the raw parts that C sees of
//! them, and C's `malloc`, `realloc` and `free` meet Rust's heap.

mod contents;
mod exchange;
mod experiment;
mod heap;
mod list;

pub use exchange::exchange;
pub use experiment::*;
pub use heap::{allocate, reallocate, release, Identity};
pub use list::{bindings, scenarios};

/// Exports the plugin contract: `plugin!("mimalloc", c"rust-mimalloc", allocate, release)`, where the functions are those
/// of the global allocator's library. They are its identity, and never called.
#[macro_export]
macro_rules! plugin {
    ($name:literal, $family:literal, $allocate:path, $release:path) => {
        unsafe extern "C" fn identity() -> *const ::crossheap::Provider {
            static IDENTITY: $crate::Identity = $crate::Identity::new($family);
            IDENTITY.answer($allocate as *const ::core::ffi::c_void, $release as *const ::core::ffi::c_void)
        }

        unsafe extern "C" fn bindings(count: *mut u32) -> *const $crate::Binding {
            // SAFETY: the caller has room for the count.
            unsafe { $crate::bindings($allocate as *const ::core::ffi::c_void, count) }
        }

        unsafe extern "C" fn extension(id: *const ::core::ffi::c_char) -> *const ::core::ffi::c_void {
            static EXPERIMENT: $crate::Experiment =
                $crate::Experiment { scenarios: $crate::scenarios, bindings: Some(bindings) };
            // SAFETY: the host asks with a string.
            unsafe { EXPERIMENT.answer(id) }
        }

        // ABI: found by name.
        #[no_mangle]
        #[allow(non_upper_case_globals)]
        pub static crossheap_plugin: ::crossheap::plugin::Plugin = ::crossheap::plugin::Plugin {
            struct_size: ::core::mem::size_of::<::crossheap::plugin::Plugin>() as u32,
            abi_version: ::crossheap::plugin::ABI_VERSION,
            name: $name.as_ptr(),
            version: c"1".as_ptr(),
            party: ::crossheap::plugin::Party {
                struct_size: ::core::mem::size_of::<::crossheap::plugin::Party>() as u32,
                abi_version: ::crossheap::plugin::ABI_VERSION,
                name: c"plugin".as_ptr(),
                provider: identity,
                allocate: $crate::allocate,
                reallocate: $crate::reallocate,
                release: $crate::release,
            },
            open: None,
            close: None,
            extension: Some(extension),
        };
    };
}
