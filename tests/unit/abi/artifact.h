/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What artifact.c, compiled into an executable, a shared library and a module, says of the allocator behind it:
 * asked directly and through the static and object libraries that were linked into it.
 */
#ifndef CROSSHEAP_TESTS_ARTIFACT_H
#define CROSSHEAP_TESTS_ARTIFACT_H

#include <crossheap/allocator.h>

#ifdef __cplusplus
extern "C" {
#endif

struct crossheap_artifact_answers {
  const struct crossheap_provider *own;
  const struct crossheap_provider *object_library;
  const struct crossheap_provider *static_library;         /* behind another static library */
  const struct crossheap_provider *chained_static_library; /* the one that is linked to the artifact */
  void *(*allocate)(size_t size, size_t align);
  void (*deallocate)(void *block, size_t size, size_t align);
};

void executable_answers(struct crossheap_artifact_answers *answers);
__attribute__((visibility("default"))) void shared_answers(struct crossheap_artifact_answers *answers);
__attribute__((visibility("default"))) void module_answers(struct crossheap_artifact_answers *answers);

/* The libraries' own. */
const struct crossheap_provider *object_library_provider(void);
const struct crossheap_provider *inner_library_provider(void);
const struct crossheap_provider *outer_library_provider(void);
const struct crossheap_provider *provider_behind_outer_library(void);

#ifdef __cplusplus
}
#endif
#endif
