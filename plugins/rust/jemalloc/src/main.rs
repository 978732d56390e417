// SPDX-License-Identifier: MIT OR Apache-2.0

#[global_allocator]
static GLOBAL: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

scenarios::plugin!(c"rust-jemalloc", c"jemalloc", tikv_jemalloc_sys::malloc, tikv_jemalloc_sys::free);

fn main() {
    scenarios::exchange(&crossheap_plugin);
}
