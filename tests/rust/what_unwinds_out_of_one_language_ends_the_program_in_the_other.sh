#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Neither language catches what the other one throws: a panic has to be caught by Rust at the boundary, an exception by C++.
# shellcheck source=tests/rust/rust.bash
source "$(dirname "$0")/rust.bash"

cat >host.cpp <<'C'
#include <string_view>
extern "C" {
void panic_out();
void panic_in();
int catch_(void (*callback)()) __asm__("catch");
}
int main(int, char **words) {
  const std::string_view what = words[1];
  try {
    if (what == "panic_out") panic_out();
    if (what == "panic_in") panic_in();
    if (what == "rust_to_rust") return catch_(panic_out) == 1 ? 0 : 1;
    if (what == "exception") return catch_([] { throw 1; });
  } catch (...) {
  }
  return 1;
}
C
c++ -std=c++17 host.cpp -o host "$ARTIFACTS/libartifacts.so" -Wl,-rpath,"$ARTIFACTS" || exit 1

# aborts WHAT MESSAGE
aborts() {
  ulimit -c 0
  ./host "$1" >out 2>&1
  local status=$?
  if [[ $status -ne 134 ]]; then
    printf '%s ended with %s instead of SIGABRT\n' "$1" "$status"
    exit 1
  fi
  says out "$2"
}
aborts panic_out 'Rust panics must be rethrown'
aborts panic_in 'panic in a function that cannot unwind'
aborts exception 'Rust cannot catch foreign exceptions'
./host rust_to_rust 2>err || exit 1
