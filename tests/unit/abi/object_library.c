/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "artifact.h"

const struct crossheap_provider *object_library_provider(void) { return crossheap_provider(); }
