// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Empty: a package needs a target before cargo tells where its dependencies are (crates.cmake).
