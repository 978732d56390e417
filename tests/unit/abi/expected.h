/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a program of these tests is to find. The tests are compiled once; each program that is linked from them has an
 * expected.c of its own, which its definitions in CMake fill. */
#ifndef CROSSHEAP_TESTS_EXPECTED_H
#define CROSSHEAP_TESTS_EXPECTED_H

#ifdef __cplusplus
extern "C" {
#endif

extern const char *const crossheap_expected_family;     /**< of the executable's allocator */
extern const char *const crossheap_expected_resolution; /**< how it was found; "" where no test asks */
extern const int crossheap_expected_overrides;          /**< whether the executable replaces malloc */

#ifdef __cplusplus
}
#endif

#endif
