/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "expected.h"

const char *const crossheap_expected_family = CROSSHEAP_EXPECTED_FAMILY;
const char *const crossheap_expected_resolution = CROSSHEAP_EXPECTED_RESOLUTION;
const int crossheap_expected_overrides = CROSSHEAP_EXPECTED_OVERRIDES;
