// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A Rust program with plugins of other allocators: opens each plugin it is given, lets every one of them hand a block to
// every other and to the program itself, by the contracts (b) and (d), and writes who is on whose heap.
use core::ffi::{c_char, c_int, c_void, CStr};
use core::ptr::null_mut;
use std::ffi::CString;

use crossheap::plugin::{Host, Party, Plugin};

use crate::experiment::{Experiment, ExperimentHost, Handover, Scenario, EXPERIMENT};

extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
}

const RTLD_NOW: c_int = 2;

/// One side: a party of the contract and its scenarios.
struct Image {
    name: String,
    party: *const Party,
    scenarios: Vec<*const Scenario>,
}

unsafe extern "C" fn report_wrong(what: *const c_char) {
    // SAFETY: a sentence.
    panic!("{}", unsafe { CStr::from_ptr(what) }.to_string_lossy());
}

unsafe extern "C" fn report_finished() {}

unsafe extern "C" fn extension(id: *const c_char) -> *const c_void {
    static HOST: ExperimentHost = ExperimentHost { report_wrong, report_finished };
    // SAFETY: a plugin asks with a string.
    if unsafe { CStr::from_ptr(id) } == EXPERIMENT {
        (&raw const HOST).cast()
    } else {
        core::ptr::null()
    }
}

// Opens a plugin as any program does, for good.
fn open(path: &str) -> Image {
    let file = CString::new(path).expect("a path has no zero byte");
    // SAFETY: strings; the plugin stays open.
    let plugin = unsafe {
        let handle = dlopen(file.as_ptr(), RTLD_NOW);
        assert!(!handle.is_null(), "{}", CStr::from_ptr(dlerror()).to_string_lossy());
        dlsym(handle, c"crossheap_plugin".as_ptr()).cast::<Plugin>()
    };
    // SAFETY: a plugin of the contract keeps its promises.
    unsafe { image(plugin.as_ref().expect("it exports crossheap_plugin")) }
}

unsafe fn image(plugin: &Plugin) -> Image {
    let mut count = 0;
    // SAFETY: the contract's.
    unsafe {
        let first = (Experiment::of(plugin).scenarios)(&mut count);
        Image {
            name: CStr::from_ptr(plugin.name).to_string_lossy().into_owned(),
            party: &raw const plugin.party,
            scenarios: core::slice::from_raw_parts(first, count as usize).to_vec(),
        }
    }
}

// One block from `giver` to `taker`.
fn hand_over(host: &Host, giver: &Image, taker: &Image, name: &CStr) {
    let find = |image: &Image| {
        // SAFETY: the scenarios live as long as the image, and all images here stay.
        let mut all = image.scenarios.iter().map(|scenario| unsafe { &**scenario });
        // SAFETY: a name is a string.
        all.find(|scenario| unsafe { CStr::from_ptr(scenario.name) } == name).expect("it has the scenario")
    };
    let mut handover = Handover {
        struct_size: size_of::<Handover>() as u32,
        reserved: 0,
        block: null_mut(),
        size: 0,
        align: 0,
        seed: 0x5eed,
        owner: giver.party,
        taker: taker.party,
        release: None,
    };
    // SAFETY: the contract's.
    let done = unsafe { (find(giver).give)(host, &mut handover) == 0 && (find(taker).take)(host, &mut handover) == 0 };
    assert!(done, "{} to {}: {}", giver.name, taker.name, name.to_string_lossy());
}

/// `main` of such a program. `own` is its own side, made by `plugin!`; the arguments are the plugins' paths.
pub fn exchange(own: &'static Plugin) {
    let host = Host {
        struct_size: size_of::<Host>() as u32,
        abi_version: crossheap::plugin::ABI_VERSION,
        party: Party { ..own.party },
        extension: Some(extension),
    };
    // SAFETY: our own.
    let mut images = vec![Image { name: "the program".to_owned(), ..unsafe { image(own) } }];
    images.extend(std::env::args().skip(1).map(|path| open(&path)));
    for giver in &images {
        for taker in &images {
            for name in [c"owner-frees", c"abi"] {
                hand_over(&host, giver, taker, name);
            }
        }
    }
    for (i, one) in images.iter().enumerate() {
        for other in &images[i + 1..] {
            // SAFETY: parties live as long as their images.
            let same = unsafe { (*one.party).shares_heap_with(&*other.party) };
            println!("{} and {} are on {}", one.name, other.name, if same { "one heap" } else { "two heaps" });
        }
    }
}
