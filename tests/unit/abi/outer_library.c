/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "artifact.h"

const struct crossheap_provider *outer_library_provider(void) { return crossheap_provider(); }

const struct crossheap_provider *provider_behind_outer_library(void) { return inner_library_provider(); }
