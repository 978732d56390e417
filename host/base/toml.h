// SPDX-License-Identifier: MIT OR Apache-2.0
//
// toml++, for everybody who reads TOML. Its parser asserts that a key begins with a letter before it checks that and
// answers with an error: `[^]` would end a debug build, and an optimised build of clang would take the assertion for
// granted. Here its assertions are nothing in every build, so that the checks decide. All files that use it include
// this one, or there would be two kinds of its inline functions in one program.
#pragma once

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_ENABLE_FORMATTERS 0  // nobody writes TOML
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
