// SPDX-License-Identifier: MIT OR Apache-2.0

//! The plugin contract, `crossheap/plugin.h`: what each field means stands there.
//!
//! Functions that a scenario may leave by unwinding are `extern "C-unwind"`; in C they have the same type.
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
    pub report_wrong: unsafe extern "C" fn(what: *const c_char),
    pub report_finished: unsafe extern "C" fn(),
}

/// `struct crossheap_handover`
#[repr(C)]
pub struct Handover {
    pub struct_size: u32,
    pub reserved: u32,
    pub block: *mut c_void,
    pub size: u64,
    pub align: u64,
    pub seed: u64,
    pub owner: *const Party,
    pub taker: *const Party,
    pub release: Option<unsafe extern "C-unwind" fn(handover: *mut Handover)>,
}

pub const DIRECTION_TO_HOST: u32 = 1;
pub const DIRECTION_TO_PLUGIN: u32 = 2;
pub const DIRECTION_INSIDE: u32 = 4;

/// A side of a scenario: `give` or `take`.
pub type Side = unsafe extern "C-unwind" fn(host: *const Host, handover: *mut Handover) -> i32;

/// `struct crossheap_scenario`
#[repr(C)]
pub struct Scenario {
    pub struct_size: u32,
    pub directions: u32,
    pub staging: u32,
    pub flags: u32,
    pub contract: u32,
    pub name: *const c_char,
    pub sentence: *const c_char,
    pub acquired_by: *const c_char,
    pub released_by: *const c_char,
    pub give: Side,
    pub take: Side,
}

/// `struct crossheap_binding`
#[repr(C)]
pub struct Binding {
    pub function: *const c_char,
    pub address: *const c_void,
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
    pub scenarios: Option<unsafe extern "C" fn(count: *mut u32) -> *const *const Scenario>,
    pub bindings: Option<unsafe extern "C" fn(count: *mut u32) -> *const Binding>,
}

// SAFETY: constant; the pointers lead to strings and functions of the image that the object stands in.
unsafe impl Sync for Party {}
// SAFETY: as for Party.
unsafe impl Sync for Scenario {}
// SAFETY: as for Party.
unsafe impl Sync for Binding {}
// SAFETY: as for Party.
unsafe impl Sync for Plugin {}
