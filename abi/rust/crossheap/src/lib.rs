// SPDX-License-Identifier: MIT OR Apache-2.0

//! crossheap for Rust: a global allocator over the C allocation ABI, and the plugin contract.
//!
//! ```ignore
//! #[global_allocator]
//! static HEAP: crossheap::CrossheapAlloc = crossheap::CrossheapAlloc;
//! ```
//!
//! This crate leaves the seven C symbols undefined, as every static library does. The package that is linked in the end
//! decides whose they are, by one line in its build script (the crate `crossheap-link`): a program gets the allocator it
//! chose, a cdylib or dylib gets `malloc`, a staticlib leaves them to the program that links it.
//!
//! `no_std`, and without dependencies. The C headers are the reference for every contract here; a test compiles both
//! and compares sizes and offsets.
#![no_std]
#![warn(missing_docs)]

mod allocator;
pub mod plugin;

pub use allocator::{provider, CrossheapAlloc, Provider, ABI_VERSION};
