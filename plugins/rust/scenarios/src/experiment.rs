// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the experiment asks of a plugin beyond the contract, `plugins/scenarios/experiment.h`: what each field means
//! stands there.
//!
//! Functions that a scenario may leave by unwinding are `extern "C-unwind"`; in C they have the same type.

use core::ffi::{c_char, c_void, CStr};

use crossheap::plugin::{Host, Party, Plugin};

/// `CROSSHEAP_EXPERIMENT`
pub const EXPERIMENT: &CStr = c"crossheap.experiment/1";

/// `struct crossheap_experiment_host`
#[repr(C)]
pub struct ExperimentHost {
    pub report_wrong: unsafe extern "C" fn(what: *const c_char),
    pub report_finished: unsafe extern "C" fn(),
}

impl ExperimentHost {
    /// `crossheap_experiment_of`
    pub fn of(host: &Host) -> &Self {
        let extension = host.extension.expect("a host that plays scenarios has extensions");
        // SAFETY: the type that the extension's name promises; it lives as long as the host.
        unsafe { &*extension(EXPERIMENT.as_ptr()).cast() }
    }
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

/// `struct crossheap_experiment`
#[repr(C)]
pub struct Experiment {
    pub scenarios: unsafe extern "C" fn(count: *mut u32) -> *const *const Scenario,
    pub bindings: Option<unsafe extern "C" fn(count: *mut u32) -> *const Binding>,
}

impl Experiment {
    /// What a plugin offers to the experiment.
    pub fn of(plugin: &Plugin) -> &Self {
        let extension = plugin.extension.expect("a plugin of the experiment has extensions");
        // SAFETY: the type that the extension's name promises; it lives as long as the plugin.
        unsafe { &*extension(EXPERIMENT.as_ptr()).cast() }
    }

    /// This object where `id` asks for it, else null: a plugin's `extension`.
    ///
    /// # Safety
    /// `id` is a string.
    pub unsafe fn answer(&'static self, id: *const c_char) -> *const c_void {
        // SAFETY: the caller's promise.
        if unsafe { CStr::from_ptr(id) } == EXPERIMENT {
            core::ptr::from_ref(self).cast()
        } else {
            core::ptr::null()
        }
    }
}

// SAFETY: constant; the pointers lead to strings and functions of the image that the object stands in.
unsafe impl Sync for Scenario {}
// SAFETY: as for Scenario.
unsafe impl Sync for Binding {}
