// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The scenarios. Names and sentences are those of plugins/scenarios, where the host's side of each stands.
use core::ffi::{c_char, c_void, CStr};
use core::mem::ManuallyDrop;
use core::slice;
use std::ffi::CString;
use std::panic::{catch_unwind, panic_any};

use crossheap::plugin::Host;

use crate::contents::{bytes_of, check, expect, fill, holds, text_seed};
use crate::experiment::{
    Binding, Handover, Scenario, Side, DIRECTION_INSIDE, DIRECTION_TO_HOST, DIRECTION_TO_PLUGIN,
};

const ORDINARY: usize = 120;
const GROWN: usize = 8 * ORDINARY;
const BOTH_WAYS: u32 = DIRECTION_TO_HOST | DIRECTION_TO_PLUGIN;
const EVERY_WAY: u32 = BOTH_WAYS | DIRECTION_INSIDE;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn strdup(text: *const c_char) -> *mut c_char;
}

// Describes a block that was made, filled with what the handover's number starts; 1 where it is null.
unsafe fn give_block(handover: &mut Handover, block: *mut c_void, size: usize, align: usize) -> i32 {
    if block.is_null() {
        return 1;
    }
    handover.block = block;
    handover.size = size as u64;
    handover.align = align as u64;
    // SAFETY: the caller hands in `size` bytes of its own.
    unsafe { fill(bytes_of(handover), handover.seed) };
    0
}

// A boxed slice, which is a block of `size` bytes of Rust's heap and nothing else.
unsafe fn give_box(handover: &mut Handover) -> i32 {
    let block = Box::into_raw(vec![0u8; ORDINARY].into_boxed_slice());
    // SAFETY: the box is the handover's from here on.
    unsafe { give_block(handover, block.cast(), ORDINARY, 0) }
}

unsafe fn take_box(handover: &Handover) -> Box<[u8]> {
    // SAFETY: the scenarios say what becomes of a block that is not a box's.
    unsafe { Box::from_raw(bytes_of(handover)) }
}

// SAFETY, for every function of this file that is called through the contract: host and handover are valid, and the
// block is what the scenario of the same name says.
macro_rules! side {
    (fn $name:ident($host:ident, $handover:ident) $body:block) => {
        unsafe extern "C-unwind" fn $name(host: *const Host, handover: *mut Handover) -> i32 {
            // SAFETY: see above.
            let ($host, $handover) = unsafe { (&*host, &mut *handover) };
            // SAFETY: see above.
            #[allow(unused_unsafe)] // not every body needs it
            unsafe {
                $body
            }
        }
    };
}

side! { fn malloc_give(_host, handover) { give_block(handover, malloc(ORDINARY), ORDINARY, 0) } }
side! { fn malloc_take(host, handover) {
    check(host, handover);
    free(handover.block);
    0
} }

fn describe_text(handover: &mut Handover, block: *mut c_char, text: &CStr) -> i32 {
    handover.block = block.cast();
    handover.size = text.count_bytes() as u64 + 1;
    handover.seed = text_seed(text.to_bytes());
    i32::from(block.is_null())
}

unsafe fn check_text(host: &Host, handover: &Handover) {
    // SAFETY: a block that holds a string, for the scenarios that use this.
    let good = CStr::from_bytes_until_nul(unsafe { bytes_of(handover) }).is_ok_and(|text| {
        text.count_bytes() + 1 == handover.size as usize && text_seed(text.to_bytes()) == handover.seed
    });
    expect(host, good, c"the text is not what was written");
}

side! { fn strdup_give(_host, handover) {
    let text = c"a string that libc copies";
    describe_text(handover, strdup(text.as_ptr()), text)
} }
side! { fn strdup_take(host, handover) {
    check_text(host, handover);
    free(handover.block);
    0
} }

side! { fn box_give(_host, handover) { give_box(handover) } }
side! { fn box_take(host, handover) {
    check(host, handover);
    drop(take_box(handover));
    0
} }

side! { fn cstring_give(_host, handover) {
    let text = CString::from(c"a string that Rust made for C");
    describe_text(handover, text.clone().into_raw(), &text)
} }
side! { fn cstring_take(host, handover) {
    check_text(host, handover);
    drop(CString::from_raw(handover.block.cast()));
    0
} }

// A Vec as its raw parts: the host's realloc and free stand for C that was told to treat it as an array.
side! { fn vec_give(_host, handover) {
    let mut numbers = ManuallyDrop::new(vec![0u64; ORDINARY / 8]);
    give_block(handover, numbers.as_mut_ptr().cast(), ORDINARY, align_of::<u64>())
} }
side! { fn vec_take(host, handover) {
    check(host, handover);
    let length = handover.size as usize / 8;
    let mut numbers = Vec::from_raw_parts(handover.block.cast::<u64>(), length, length);
    numbers.resize(GROWN / 8, 7);
    let kept = slice::from_raw_parts(numbers.as_ptr().cast(), handover.size as usize);
    expect(host, holds(kept, handover.seed) && numbers[length..].iter().all(|&n| n == 7), c"the Vec lost its contents");
    0
} }

side! { fn string_give(_host, handover) {
    let mut text = ManuallyDrop::new("x".repeat(ORDINARY));
    give_block(handover, text.as_mut_ptr().cast(), ORDINARY, 1)
} }
side! { fn string_take(host, handover) {
    check(host, handover);
    drop(String::from_utf8_lossy(bytes_of(handover)));
    drop(take_box(handover));
    0
} }

unsafe extern "C-unwind" fn drop_box(handover: *mut Handover) {
    // SAFETY: the owner's function, called with what owner_give made.
    unsafe { drop(take_box(&*handover)) }
}
side! { fn owner_give(_host, handover) {
    handover.release = Some(drop_box);
    give_box(handover)
} }
side! { fn owner_take(host, handover) {
    check(host, handover);
    handover.release.map_or(1, |release| {
        release(handover);
        0
    })
} }

// A panic that carries a buffer is caught at the boundary; the buffer goes out and comes home.
side! { fn panic_give(_host, handover) {
    let payload = catch_unwind(|| panic_any(vec![0u8; ORDINARY].into_boxed_slice()));
    let Some(buffer) = payload.err().and_then(|payload| payload.downcast::<Box<[u8]>>().ok()) else { return 1 };
    handover.release = Some(drop_box);
    give_block(handover, Box::into_raw(*buffer).cast(), ORDINARY, 0)
} }

side! { fn host_give(host, handover) { give_block(handover, (host.party.allocate)(ORDINARY, 16), ORDINARY, 16) } }
side! { fn host_take(host, handover) {
    check(host, handover);
    (host.party.release)(handover.block, ORDINARY, 16);
    0
} }

side! { fn abi_give(_host, handover) { give_block(handover, crate::allocate(ORDINARY, 16), ORDINARY, 16) } }
side! { fn abi_take(host, handover) {
    check(host, handover);
    if (*handover.owner).shares_heap_with(&*handover.taker) {
        crate::release(handover.block, ORDINARY, 16);
    } else {
        ((*handover.owner).release)(handover.block, ORDINARY, 16);
    }
    0
} }

// Many boxes of many sizes at once, for the runner to press against the other heap.
side! { fn own_heap_give(_host, handover) {
    let sizes = [16, 24, ORDINARY, 250, 1000, 4000, 7680].into_iter().cycle().take(21);
    let boxes: Vec<Box<[u8]>> = (handover.seed..)
        .zip(sizes)
        .map(|(seed, size)| {
            let mut bytes = vec![0; size].into_boxed_slice();
            fill(&mut bytes, seed);
            bytes
        })
        .collect();
    handover.block = Box::into_raw(Box::new(boxes)).cast();
    0
} }
side! { fn own_heap_take(host, handover) {
    let boxes = Box::from_raw(handover.block.cast::<Vec<Box<[u8]>>>());
    for (seed, bytes) in (handover.seed..).zip(boxes.iter()) {
        expect(host, holds(bytes, seed), c"a block of one heap was overwritten through another");
    }
    0
} }

const fn scenario(
    contract: char,
    directions: u32,
    name: &'static CStr,
    sentence: &'static CStr,
    [acquired_by, released_by]: [&'static CStr; 2],
    [give, take]: [Side; 2],
) -> Scenario {
    Scenario {
        struct_size: size_of::<Scenario>() as u32,
        directions,
        staging: 0,
        flags: 0,
        contract: contract as u32,
        name: name.as_ptr(),
        sentence: sentence.as_ptr(),
        acquired_by: acquired_by.as_ptr(),
        released_by: released_by.as_ptr(),
        give,
        take,
    }
}

const HEAP: &CStr = c"language heap";
const OWNER: &CStr = c"owner";

static SCENARIOS: [Scenario; 13] = [
    scenario(
        'a',
        EVERY_WAY,
        c"malloc",
        c"A block from malloc is freed on the other side.",
        [c"malloc", c"free"],
        [malloc_give, malloc_take],
    ),
    scenario(
        'a',
        EVERY_WAY,
        c"strdup",
        c"A string from strdup is freed on the other side.",
        [c"strdup", c"free"],
        [strdup_give, strdup_take],
    ),
    scenario(
        'a',
        DIRECTION_TO_HOST,
        c"language-heap",
        c"What the plugin's language makes objects with is freed by the host.",
        [HEAP, c"free"],
        [box_give, box_take],
    ),
    scenario(
        'a',
        DIRECTION_TO_PLUGIN,
        c"language-release",
        c"A block from the host's malloc is released as the plugin's language releases objects.",
        [c"malloc", HEAP],
        [box_give, box_take],
    ),
    scenario(
        'a',
        DIRECTION_TO_HOST,
        c"language-string",
        c"A C string that the plugin's language made is freed by the host.",
        [c"language string", c"free"],
        [cstring_give, cstring_take],
    ),
    scenario(
        'a',
        DIRECTION_TO_HOST,
        c"rust-vec",
        c"A Rust Vec is grown with realloc and freed by the host.",
        [HEAP, c"realloc,free"],
        [vec_give, vec_take],
    ),
    scenario(
        'a',
        DIRECTION_TO_PLUGIN,
        c"rust-vec-adopted",
        c"An array from the host's malloc becomes a Rust Vec, which grows and is dropped.",
        [c"malloc", HEAP],
        [vec_give, vec_take],
    ),
    scenario(
        'a',
        DIRECTION_TO_HOST,
        c"rust-string",
        c"The bytes of a Rust String are freed by the host.",
        [HEAP, c"free"],
        [string_give, string_take],
    ),
    scenario(
        'b',
        BOTH_WAYS,
        c"owner-frees",
        c"A block from malloc goes back through a function of its owner, which frees it.",
        [c"malloc", OWNER],
        [owner_give, owner_take],
    ),
    scenario(
        'b',
        DIRECTION_TO_HOST | DIRECTION_INSIDE,
        c"rust-panic",
        c"A Rust panic is caught at the boundary, and what it carries goes back through its owner.",
        [HEAP, OWNER],
        [panic_give, owner_take],
    ),
    scenario(
        'c',
        EVERY_WAY,
        c"host-allocator",
        c"A block comes from the allocator that the host handed in, and goes back to it from either side.",
        [c"host", c"host"],
        [host_give, host_take],
    ),
    scenario(
        'd',
        BOTH_WAYS,
        c"abi",
        c"A block of the allocation ABI is released by the other side where both share a heap, else by its owner.",
        [c"abi", c"abi"],
        [abi_give, abi_take],
    ),
    scenario(
        'a',
        DIRECTION_INSIDE,
        c"own-heap",
        c"Many blocks live on the plugin's own heap, and nothing crosses.",
        [c"malloc", c"free"],
        [own_heap_give, own_heap_take],
    ),
];

struct List([*const Scenario; SCENARIOS.len()]);
// SAFETY: pointers to constants.
unsafe impl Sync for List {}
static LIST: List = {
    let mut list = [core::ptr::null(); SCENARIOS.len()];
    let mut i = 0;
    while i < list.len() {
        list[i] = &raw const SCENARIOS[i];
        i += 1;
    }
    List(list)
};

/// The contract's `scenarios`.
///
/// # Safety
/// There is room for the count.
pub unsafe extern "C" fn scenarios(count: *mut u32) -> *const *const Scenario {
    // SAFETY: the caller's promise.
    unsafe { *count = LIST.0.len() as u32 };
    LIST.0.as_ptr()
}

/// The contract's `bindings`, with the function that the global allocator asks for memory.
///
/// # Safety
/// There is room for the count.
pub unsafe fn bindings(allocate: *const c_void, count: *mut u32) -> *const Binding {
    let bindings = [
        (c"malloc", malloc as *const c_void),
        (c"free", free as *const c_void),
        (c"strdup", strdup as *const c_void),
        (HEAP, allocate),
        (c"language string", allocate),
    ];
    let bindings = bindings.map(|(function, address)| Binding { function: function.as_ptr(), address });
    // SAFETY: the caller's promise.
    unsafe { *count = bindings.len() as u32 };
    // They live as long as the plugin, and are asked for once.
    Box::leak(Box::new(bindings)).as_ptr()
}
