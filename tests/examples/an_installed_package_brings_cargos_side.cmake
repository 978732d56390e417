# The installed package builds snmalloc out of cargo's cache where a program asks for it, and the installed crates put a
# Rust program on jemalloc.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)
install_crossheap(${WORK}/prefix)

file(WRITE ${WORK}/c/main.c [[
#include <crossheap/allocator.h>
#include <stdio.h>
int main(void) {
  const struct crossheap_provider *provider = crossheap_provider();
  printf("%s %s %s", provider->family, provider->version, provider->resolution);
  return 0;
}
]])
file(WRITE ${WORK}/c/CMakeLists.txt [[
cmake_minimum_required(VERSION 3.24)
project(program LANGUAGES C CXX)
find_package(crossheap REQUIRED)
add_executable(program main.c)
crossheap_use_allocator(program snmalloc)
]])
build_against(${WORK}/prefix ${WORK}/c ${WORK}/c-build)
run(${WORK}/c-build/program)
if(NOT output MATCHES "^snmalloc [0-9.]+ static$")
  message(FATAL_ERROR "the program says ${output}")
endif()

set(crates ${WORK}/prefix/share/crossheap/rust)
file(WRITE ${WORK}/rust/Cargo.toml "
[package]
name = \"program\"
version = \"0.1.0\"
edition = \"2021\"
[workspace]
[dependencies]
crossheap = { path = \"${crates}/crossheap\" }
[build-dependencies]
crossheap-link = { path = \"${crates}/link\" }
")
file(WRITE ${WORK}/rust/build.rs [[
fn main() {
    crossheap_link::programs(crossheap_link::Allocator::Jemalloc);
}
]])
file(WRITE ${WORK}/rust/src/main.rs [[
#[global_allocator]
static HEAP: crossheap::CrossheapAlloc = crossheap::CrossheapAlloc;
fn main() {
    let family = unsafe { std::ffi::CStr::from_ptr(crossheap::provider().family) };
    print!("{}", vec![family.to_str().unwrap(); 2].join(" "));
}
]])
run(${CMAKE_COMMAND} -E env CC=${CC} ${CARGO} build --quiet --offline --manifest-path ${WORK}/rust/Cargo.toml)
run(${WORK}/rust/target/debug/program)
expect("${output}" "jemalloc jemalloc")
