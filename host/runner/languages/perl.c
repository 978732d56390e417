/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The extension that perl_host.pl loads: crossheap_run for Perl.
 */
#define PERL_NO_GET_CONTEXT
#include <EXTERN.h>
#include <perl.h>
/* after perl.h */
#include <XSUB.h>

#include "words.h"

__attribute__((visibility("default"))) XS_EXTERNAL(crossheap_perl_run);

XS_EXTERNAL(crossheap_perl_run) {
  dXSARGS;
  struct words words = {0};
  for (int i = 0; i < items; ++i) add_word(&words, SvPV_nolen(ST(i)));
  ST(0) = sv_2mortal(newSViv(run_words(&words)));
  XSRETURN(1);
}
