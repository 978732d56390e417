/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Shows the greetings of the static library, linked here and in a module: program PATH-OF-THE-MODULE
 */
#include <dlfcn.h>
#include <stdio.h>

#include "greeting.h"

static void show(struct greeting greeting) {
  printf("%s, allocated by %s (%s)\n", greeting.text, greeting.provider->family, greeting.provider->resolution);
}

int main(int count, char **arguments) {
  void *plugin = dlopen(count > 1 ? arguments[1] : "./plugin.so", RTLD_NOW | RTLD_LOCAL);
  struct greeting (*plugin_greeting)(void);
  if (plugin == NULL || (*(void **)&plugin_greeting = dlsym(plugin, "plugin_greeting")) == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  struct greeting mine = make_greeting("program");
  struct greeting theirs = plugin_greeting();
  if (mine.text == NULL || theirs.text == NULL) return 1;
  show(mine);
  show(theirs);
  crossheap_deallocate(mine.text, GREETING_SIZE, 1);
  if (!crossheap_same_heap(crossheap_provider(), theirs.provider)) {
    puts("two heaps: the block has to go back to the module");
    return 1;
  }
  puts("one heap: the program releases the module's block");
  crossheap_deallocate(theirs.text, GREETING_SIZE, 1);
  return 0;
}
