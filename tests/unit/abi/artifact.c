/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Compiled into every artifact that is linked; ARTIFACT_ANSWERS is the function's name there.
 */
#include "artifact.h"

void ARTIFACT_ANSWERS(struct crossheap_artifact_answers *answers) {
  answers->own = crossheap_provider();
  answers->object_library = object_library_provider();
  answers->static_library = provider_behind_outer_library();
  answers->chained_static_library = outer_library_provider();
  answers->allocate = crossheap_allocate;
  answers->deallocate = crossheap_deallocate;
}
