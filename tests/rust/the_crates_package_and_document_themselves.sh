#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# `cargo package` takes both crates and builds what it packed, the C files of crossheap-link included; `cargo doc` has nothing to
# warn of; and a compiler of two words, as CC="ccache gcc" is, is started as make would start it.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

cp -rL "$ABI/rust" crates || exit 1
for crate in crossheap crossheap-link; do
  cargo package --quiet --offline --allow-dirty --manifest-path crates/Cargo.toml -p "$crate" --target-dir target || exit 1
done
tar -tzf target/package/crossheap-link-*.crate >packed || exit 1
for file in providers/system.c providers/exported/family.list include/crossheap/allocator.h; do
  grep -q "/$file\$" packed || { echo "$file is not in the package of crossheap-link"; exit 1; }
done
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --offline --no-deps --manifest-path crates/Cargo.toml --target-dir target || exit 1

# The packed crate, alone: it finds its C files in itself.
mkdir alone && tar -xzf target/package/crossheap-link-*.crate -C alone && mkdir -p program/src || exit 1
cat >program/Cargo.toml <<END
[package]
name = "program"
version = "0.1.0"
edition = "2021"
[workspace]
[dependencies]
crossheap = { path = "../crates/crossheap" }
[build-dependencies]
crossheap-link = { path = "$(cd alone/* && pwd)" }
END
echo 'fn main() { crossheap_link::programs(crossheap_link::Allocator::System); }' >program/build.rs
cat >program/src/main.rs <<'END'
#[global_allocator]
static HEAP: crossheap::CrossheapAlloc = crossheap::CrossheapAlloc;
fn main() {
    let family = unsafe { std::ffi::CStr::from_ptr(crossheap::provider().family) };
    println!("{}", family.to_str().unwrap());
}
END
CC='env cc' cargo build --quiet --offline --manifest-path program/Cargo.toml --target-dir target || exit 1
[[ $(target/debug/program) == system ]]
