// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Needs BYTES of static TLS. MENDED asks for its variables when it runs.
#ifdef MENDED
#define MODEL "global-dynamic"
#else
#define MODEL "initial-exec"
#endif
static __thread char variables[BYTES] __attribute__((tls_model(MODEL)));

__attribute__((visibility("default"))) char *touch(void) { return variables; }
