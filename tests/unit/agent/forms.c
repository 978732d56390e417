// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One definition of each kind that decides whether an island may change registers. Linked three ways: as a library, as
// one bound to itself (-Bsymbolic), and into the tests' own program.
void form_exported(void) {}
__attribute__((visibility("hidden"), used)) void form_hidden(void) {}
__attribute__((visibility("protected"))) void form_protected(void) {}
__attribute__((used)) static void form_local(void) {}
