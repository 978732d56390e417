// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The findings that one file alone can show, from the facts of its Inspection. One function a hazard, in order of ids.
#pragma once

#include "inspect/inspection.h"

namespace crossheap::inspect {

/// The static TLS that glibc 2.36 keeps by default for libraries opened after start:
/// (nns - 1) * 144 + nns * 144 + 512 (glibc.rtld.optional_static_tls) + 144, with 4 namespaces (glibc.rtld.nns).
inline constexpr std::uint64_t kStaticTlsSurplus = 1664;

/// Whether the file's thread-local storage fits what a dlopen finds by default.
bool fits_static_tls(const Inspection &inspection) noexcept;

std::vector<Finding> findings_of(const Inspection &inspection, const Policy &policy);

}  // namespace crossheap::inspect
