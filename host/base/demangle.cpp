// SPDX-License-Identifier: MIT OR Apache-2.0
//
// By libiberty, which GDB and binutils use: it is the one demangler in Debian that knows C++ and both of Rust's forms.
// Its recursion is limited by default, and the length is limited here: a few kilobytes of C++ substitutions can expand
// to megabytes.
#include "base/demangle.h"

#include <libiberty/demangle.h>

#include <cstdlib>
#include <memory>

namespace crossheap {

namespace {

constexpr std::size_t kLongestName = 2048;

}  // namespace

std::string demangled(const std::string &name) {
  if (name.size() > kLongestName) return name;
  using Text = std::unique_ptr<char, decltype(&std::free)>;
  constexpr int kOptions = DMGL_PARAMS | DMGL_ANSI;
  if (const Text text(cplus_demangle(name.c_str(), kOptions | DMGL_AUTO), &std::free); text) return text.get();
  if (name.starts_with("_D"))
    if (const Text text(dlang_demangle(name.c_str(), kOptions), &std::free); text) return text.get();
  return name;
}

}  // namespace crossheap
