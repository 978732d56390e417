// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What header-only parts of the C++ library refer to, without its runtime: std::string_view checks an offset before
// it takes a part of itself. Ours are never out of range, so what is called then only ends the process.
#include <cstdlib>

namespace std {

// NOLINTNEXTLINE(cert-dcl58-cpp): the library's own function, which this module must not link.
[[noreturn]] __attribute__((visibility("hidden"))) void __throw_out_of_range_fmt(const char *, ...) { std::abort(); }

}  // namespace std
