/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The constant object of the plugin contract for a plugin of another language. Not every language can export a constant
 * with addresses in it, so this file is compiled into each of them; a language's folder holds one file with the
 * functions declared below.
 *
 * The build says of each language whether its heap and its strings are malloc's (CROSSHEAP_LANGUAGE_HEAP_IS_MALLOC,
 * CROSSHEAP_LANGUAGE_STRING_IS_MALLOC). The experiment's prediction rests on that, so a wrong word shows as predictions
 * that fail. CROSSHEAP_LANGUAGE_HAS_THREADS says that its runtime has threads of its own: in a link namespace these
 * extend the same break as the host's libc does, and no contract protects against that. CROSSHEAP_LANGUAGE_REFUSAL is
 * the reason why the language cannot release an address that it is given, or empty where it can.
 */
#include "languages/contract.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/contents.h"

typedef const struct crossheap_host Host;
typedef struct crossheap_handover Handover;

/* What the language defines. */

/* Starts the language's runtime, where that is left to whoever opens the plugin. Defined by those languages only. */
__attribute__((weak)) void language_start(void);
/* C's malloc and free, as the language reaches them. */
int32_t malloc_give(Host *host, Handover *handover);
int32_t malloc_take(Host *host, Handover *handover);
/* What the language makes objects with, given away; and a block of malloc taken for one of those. */
int32_t heap_give(Host *host, Handover *handover);
int32_t heap_take(Host *host, Handover *handover);
/* A C string that the language made out of a string of its own. */
int32_t string_give(Host *host, Handover *handover);
/* An object of the language goes out with the function that takes it back. */
int32_t owner_give(Host *host, Handover *handover);
/* The allocator that the host handed in. */
int32_t host_give(Host *host, Handover *handover);
int32_t host_take(Host *host, Handover *handover);
/* The allocation ABI. */
int32_t abi_give(Host *host, Handover *handover);
int32_t abi_take(Host *host, Handover *handover);

enum { kToHost = CROSSHEAP_DIRECTION_TO_HOST, kToPlugin = CROSSHEAP_DIRECTION_TO_PLUGIN };
enum { kBothWays = kToHost | kToPlugin, kInside = CROSSHEAP_DIRECTION_INSIDE, kEveryWay = kBothWays | kInside };
enum { kTakesAddresses = sizeof(CROSSHEAP_LANGUAGE_REFUSAL) == 1 };
enum { kFlags = CROSSHEAP_LANGUAGE_HAS_THREADS ? CROSSHEAP_SCENARIO_ONE_NAMESPACE : 0 };
enum { kObjects = 20 };

static int32_t string_take(Host *host, Handover *handover) {
  const char *text = handover->block;
  const size_t length = handover->size - 1;
  if (strnlen(text, handover->size) != length || crossheap_contents_of_text(text, length) != handover->seed)
    crossheap_experiment_of(host)->report_wrong("the text is not what the language wrote");
  free(handover->block);
  return 0;
}

static int32_t owner_take(Host *host, Handover *handover) {
  contract_received(host, handover);
  handover->release(handover);
  return 0;
}

/* Many objects of the language at once, for the runner to press against the other heap. */
static int32_t own_heap_give(Host *host, Handover *handover) {
  Handover *objects = calloc(kObjects, sizeof(Handover));
  if (objects == NULL) return 1;
  for (size_t i = 0; i < kObjects; ++i) {
    objects[i].seed = handover->seed + i;
    if (owner_give(host, &objects[i]) != 0) return 1;
  }
  handover->block = objects;
  return 0;
}

static int32_t own_heap_take(Host *host, Handover *handover) {
  Handover *objects = handover->block;
  for (size_t i = 0; i < kObjects; ++i) owner_take(host, &objects[i]);
  free(objects);
  return 0;
}

/* Whether another heap's block is released in every case of it: then there is nothing left that threads could spoil. */
#define CROSSES(ways, letter) ((letter) == 'a' && ((ways)&kInside) == 0)

#define SCENARIO(identifier, ways, letter, words, says, from, to, give_function, take_function)          \
  static const struct crossheap_scenario identifier = {.struct_size = sizeof(struct crossheap_scenario), \
                                                       .directions = (ways),                             \
                                                       .staging = CROSSHEAP_STAGING_NONE,                \
                                                       .flags = CROSSES(ways, letter) ? 0 : kFlags,      \
                                                       .contract = (letter),                             \
                                                       .name = (words),                                  \
                                                       .sentence = (says),                               \
                                                       .acquired_by = (from),                            \
                                                       .released_by = (to),                              \
                                                       .give = (give_function),                          \
                                                       .take = (take_function)}

/* Names and sentences are those of plugins/scenarios: the host's side of each is there. */
SCENARIO(plain, kEveryWay, 'a', "malloc", "A block from malloc is freed on the other side.", "malloc", "free",
         malloc_give, malloc_take);
SCENARIO(heap, kToHost, 'a', "language-heap", "What the plugin's language makes objects with is freed by the host.",
         "language heap", "free", heap_give, malloc_take);
SCENARIO(release, kTakesAddresses ? kToPlugin : 0, 'a', "language-release",
         kTakesAddresses ? "A block from the host's malloc is released as the plugin's language releases objects."
                         : CROSSHEAP_LANGUAGE_REFUSAL,
         "malloc", "language heap", malloc_give, heap_take);
SCENARIO(string, kToHost, 'a', "language-string", "A C string that the plugin's language made is freed by the host.",
         "language string", "free", string_give, string_take);
SCENARIO(owner, kBothWays, 'b', "owner-frees",
         "A block from malloc goes back through a function of its owner, which frees it.", "malloc", "owner",
         owner_give, owner_take);
SCENARIO(host_allocator, kEveryWay, 'c', "host-allocator",
         "A block comes from the allocator that the host handed in, and goes back to it from either side.", "host",
         "host", host_give, host_take);
SCENARIO(abi, kBothWays, 'd', "abi",
         "A block of the allocation ABI is released by the other side where both share a heap, else by its owner.",
         "abi", "abi", abi_give, abi_take);
SCENARIO(own_heap, kInside, 'a', "own-heap", "Many blocks live on the plugin's own heap, and nothing crosses.",
         "malloc", "free", own_heap_give, own_heap_take);

static const struct crossheap_scenario *const *scenarios(uint32_t *count) {
  static const struct crossheap_scenario *const kAll[] = {&plain, &heap,           &release, &string,
                                                          &owner, &host_allocator, &abi,     &own_heap};
  *count = sizeof kAll / sizeof kAll[0];
  return kAll;
}

/* SAFETY: POSIX (dlsym) guarantees that a function's address can be kept as an object's; nobody calls through it. */
#define ADDRESS(function) ((const void *)(uintptr_t)(function))
/* A heap of the language's own stands in the plugin, and any address in there tells so. */
#define PLACE_OF(is_malloc) ((is_malloc) ? ADDRESS(malloc) : (const void *)&plain)

static const struct crossheap_binding *bindings(uint32_t *count) {
  static struct crossheap_binding answer[4];
  answer[0] = (struct crossheap_binding){"malloc", ADDRESS(malloc)};
  answer[1] = (struct crossheap_binding){"free", ADDRESS(free)};
  answer[2] = (struct crossheap_binding){"language heap", PLACE_OF(CROSSHEAP_LANGUAGE_HEAP_IS_MALLOC)};
  answer[3] = (struct crossheap_binding){"language string", PLACE_OF(CROSSHEAP_LANGUAGE_STRING_IS_MALLOC)};
  *count = sizeof answer / sizeof answer[0];
  return answer;
}

static const void *extension(const char *id) {
  static const struct crossheap_experiment kExperiment = {scenarios, bindings};
  return strcmp(id, CROSSHEAP_EXPERIMENT) == 0 ? &kExperiment : NULL;
}

static int32_t open_plugin(Host *host) {
  (void)host;
  if (&language_start != NULL) language_start();
  return 0;
}

int32_t contract_given(Handover *handover, void *block, size_t size) {
  if (block == NULL) return 1;
  crossheap_contents_write(block, size, handover->seed);
  handover->block = block;
  handover->size = size;
  return 0;
}

int32_t contract_given_text(Handover *handover, char *text) {
  if (text == NULL) return 1;
  const size_t length = strlen(text);
  handover->block = text;
  handover->size = length + 1;
  handover->seed = crossheap_contents_of_text(text, length);
  return 0;
}

void *contract_received(Host *host, const Handover *handover) {
  if (!crossheap_contents_hold(handover->block, handover->size, handover->seed))
    crossheap_experiment_of(host)->report_wrong("the block does not hold what its giver wrote");
  return handover->block;
}

void contract_goes_home_by(Handover *handover, void (*by)(Handover *)) { handover->release = by; }

void *contract_host_allocate(Host *host, size_t size, size_t align) { return host->party.allocate(size, align); }

void contract_host_release(Host *host, void *block, size_t size, size_t align) {
  host->party.release(block, size, align);
}

void contract_abi_release(const Handover *handover, void *block, size_t size, size_t align) {
  if (crossheap_parties_share_heap(handover->owner, handover->taker))
    crossheap_deallocate(block, size, align);
  else
    handover->owner->release(block, size, align);
}

__attribute__((visibility("default"))) extern const struct crossheap_plugin crossheap_plugin;

const struct crossheap_plugin crossheap_plugin = {
    .struct_size = sizeof(struct crossheap_plugin),
    .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
    .name = CROSSHEAP_LANGUAGE_NAME,
    .version = "1",
    .party = {.struct_size = sizeof(struct crossheap_party),
              .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
              .name = "plugin",
              .provider = crossheap_provider,
              .allocate = crossheap_allocate,
              .reallocate = crossheap_reallocate,
              .release = crossheap_deallocate},
    .open = open_plugin,
    .close = NULL,
    .extension = extension,
};
