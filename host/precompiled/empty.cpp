// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library needs a source, and the libraries of precompiled headers have nothing else.
