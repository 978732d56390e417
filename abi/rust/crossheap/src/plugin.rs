// SPDX-License-Identifier: MIT OR Apache-2.0

//! The plugin contract, `crossheap/plugin.h`: what each field means stands there.
#![allow(missing_docs)]

use core::ffi::{c_char, c_void};

use crate::allocator::Provider;

pub const ABI_VERSION: u32 = 1;

/// `struct crossheap_party`
#[repr(C)]
pub struct Party {
    pub struct_size: u32,
    pub abi_version: u32,
    pub name: *const c_char,
    pub provider: unsafe extern "C" fn() -> *const Provider,
    pub allocate: unsafe extern "C" fn(size: usize, align: usize) -> *mut c_void,
    pub reallocate:
        unsafe extern "C" fn(block: *mut c_void, old_size: usize, align: usize, new_size: usize) -> *mut c_void,
    pub release: unsafe extern "C" fn(block: *mut c_void, size: usize, align: usize),
}

impl Party {
    /// `crossheap_parties_share_heap`
    pub fn shares_heap_with(&self, other: &Party) -> bool {
        // SAFETY: a party's provider is never null and lives as long as the party.
        unsafe { (*(self.provider)()).same_heap(&*(other.provider)()) }
    }
}

/// `struct crossheap_host`
#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_version: u32,
    pub party: Party,
    pub extension: Option<unsafe extern "C" fn(id: *const c_char) -> *const c_void>,
}

/// `struct crossheap_plugin`: export one as `#[no_mangle] pub static crossheap_plugin`.
#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_version: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub party: Party,
    pub open: Option<unsafe extern "C" fn(host: *const Host) -> i32>,
    pub close: Option<unsafe extern "C" fn()>,
    pub extension: Option<unsafe extern "C" fn(id: *const c_char) -> *const c_void>,
}

// SAFETY: constant; the pointers lead to strings and functions of the image that the object stands in.
unsafe impl Sync for Party {}
// SAFETY: as for Party.
unsafe impl Sync for Plugin {}
