// SPDX-License-Identifier: MIT OR Apache-2.0
//
// GLIBC_TUNABLES: how much static TLS the loader keeps for objects that are opened later. An audit module takes of it,
// and so does an allocator that is opened with a plugin.
//
// Source: the GNU C Library manual, Dynamic Linking Tunables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crossheap {

/// The optional static TLS that `tunables` asks for, or glibc's own 512.
std::uint64_t static_tls_in(std::string_view tunables);
/// `tunables` (a value of GLIBC_TUNABLES, may be empty) with the optional static TLS raised by `bytes`, from what it
/// says or from glibc's own 512.
std::string raise_static_tls(std::string_view tunables, std::uint64_t bytes);

}  // namespace crossheap
