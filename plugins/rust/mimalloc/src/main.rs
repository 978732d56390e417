// SPDX-License-Identifier: MIT OR Apache-2.0

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

scenarios::plugin!(c"rust-mimalloc", c"mimalloc", libmimalloc_sys::mi_malloc, libmimalloc_sys::mi_free);

fn main() {
    scenarios::exchange(&crossheap_plugin);
}
