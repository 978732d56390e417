// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Its state is exported, so under RTLD_GLOBAL a second copy uses the first one's, and both release it. MENDED hides it.
#include <stdlib.h>

#ifdef MENDED
static
#else
__attribute__((visibility("default")))
#endif
    void *state_of_this_plugin;

__attribute__((constructor)) static void begin(void) { state_of_this_plugin = malloc(2000); }
__attribute__((destructor)) static void end(void) { free(state_of_this_plugin); }
