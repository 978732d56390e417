/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The extension that ruby_host.rb loads: crossheap_run for Ruby.
 */
#include <ruby.h>

#include "words.h"

static VALUE run(int count, VALUE *arguments, VALUE self) {
  (void)self;
  struct words words = {0};
  for (int i = 0; i < count; ++i) add_word(&words, StringValueCStr(arguments[i]));
  return INT2NUM(run_words(&words));
}

// NOLINTNEXTLINE(readability-identifier-naming): the name that Ruby looks for.
__attribute__((visibility("default"))) void Init_crossheap_ruby(void);

void Init_crossheap_ruby(void) { rb_define_module_function(rb_define_module("Crossheap"), "run", run, -1); }
