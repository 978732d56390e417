// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The constant object of the plugin contract for a plugin of another language. Not every language can export a constant
// with addresses in it, so this file is compiled into each of them; a language's folder holds one file with the
// functions declared below. C++ only for the sake of the scenarios' contents: nothing here needs the C++ runtime.
//
// The build says of each language whether its heap and its strings are malloc's (CROSSHEAP_LANGUAGE_HEAP_IS_MALLOC,
// CROSSHEAP_LANGUAGE_STRING_IS_MALLOC). The experiment's prediction rests on that, so a wrong word shows as predictions
// that fail. CROSSHEAP_LANGUAGE_REFUSAL is the reason why the language cannot release an address that it is given, or
// empty where it can.
#include "languages/contract.h"

#include <stdlib.h>

#include <array>
#include <iterator>
#include <string_view>

#include "scenarios/abi_transfer.h"
#include "scenarios/libc_text.h"
#include "scenarios/scenario.h"

// What the language defines.
extern "C" {
// Starts the language's runtime, where that is left to whoever opens the plugin. Defined by those languages only.
[[gnu::weak]] void language_start();

// C's malloc and free, as the language reaches them.
std::int32_t malloc_give(const crossheap_host *host, crossheap_handover *handover);
std::int32_t malloc_take(const crossheap_host *host, crossheap_handover *handover);
// What the language makes objects with, given away; and a block of malloc taken for one of those.
std::int32_t heap_give(const crossheap_host *host, crossheap_handover *handover);
std::int32_t heap_take(const crossheap_host *host, crossheap_handover *handover);
// A C string that the language made out of a string of its own.
std::int32_t string_give(const crossheap_host *host, crossheap_handover *handover);
// An object of the language goes out with the function that takes it back.
std::int32_t owner_give(const crossheap_host *host, crossheap_handover *handover);
// The allocator that the host handed in.
std::int32_t host_give(const crossheap_host *host, crossheap_handover *handover);
std::int32_t host_take(const crossheap_host *host, crossheap_handover *handover);
// The allocation ABI.
std::int32_t abi_give(const crossheap_host *host, crossheap_handover *handover);
std::int32_t abi_take(const crossheap_host *host, crossheap_handover *handover);
}

namespace {

using namespace crossheap::scenarios;  // NOLINT(google-build-using-namespace): the file is a scenario file in all but
                                       // name

constexpr std::string_view kRefusal = CROSSHEAP_LANGUAGE_REFUSAL;
constexpr bool kTakesAddresses = kRefusal.empty();
constexpr std::size_t kObjects = 20;

std::int32_t string_take(const crossheap_host *host, crossheap_handover *handover) {
  expect(*host, holds_text(*handover), "the text is not what the language wrote");
  ::free(handover->block);
  return 0;
}

std::int32_t owner_take(const crossheap_host *host, crossheap_handover *handover) {
  check_contents(*host, *handover);
  handover->release(handover);
  return 0;
}

// Many objects of the language at once, for the runner to press against the other heap.
std::int32_t own_heap_give(const crossheap_host *host, crossheap_handover *handover) {
  auto *objects = static_cast<crossheap_handover *>(::calloc(kObjects, sizeof(crossheap_handover)));
  if (objects == nullptr) return 1;
  for (std::size_t i = 0; i < kObjects; ++i) {
    objects[i].seed = handover->seed + i;
    if (owner_give(host, &objects[i]) != 0) return 1;
  }
  handover->block = objects;
  return 0;
}

std::int32_t own_heap_take(const crossheap_host *host, crossheap_handover *handover) {
  auto *objects = static_cast<crossheap_handover *>(handover->block);
  for (std::size_t i = 0; i < kObjects; ++i) owner_take(host, &objects[i]);
  ::free(objects);
  return 0;
}

// Names and sentences are those of plugins/scenarios: the host's side of each is there.
constexpr crossheap_scenario kScenarios[] = {
    {sizeof(crossheap_scenario), kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "malloc",
     "A block from malloc is freed on the other side.", "malloc", "free", malloc_give, malloc_take},
    {sizeof(crossheap_scenario), kToHost, CROSSHEAP_STAGING_NONE, 0, 'a', "language-heap",
     "What the plugin's language makes objects with is freed by the host.", "language heap", "free", heap_give,
     heap_take},
    {sizeof(crossheap_scenario), kTakesAddresses ? kToPlugin : 0, CROSSHEAP_STAGING_NONE, 0, 'a', "language-release",
     kTakesAddresses ? "A block from the host's malloc is released as the plugin's language releases objects."
                     : kRefusal.data(),
     "malloc", "language heap", heap_give, heap_take},
    {sizeof(crossheap_scenario), kToHost, CROSSHEAP_STAGING_NONE, 0, 'a', "language-string",
     "A C string that the plugin's language made is freed by the host.", "language string", "free", string_give,
     string_take},
    {sizeof(crossheap_scenario), kBothWays, CROSSHEAP_STAGING_NONE, 0, 'b', "owner-frees",
     "A block from malloc goes back through a function of its owner, which frees it.", "malloc", "owner", owner_give,
     owner_take},
    {sizeof(crossheap_scenario), kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'c', "host-allocator",
     "A block comes from the allocator that the host handed in, and goes back to it from either side.", "host", "host",
     host_give, host_take},
    {sizeof(crossheap_scenario), kBothWays, CROSSHEAP_STAGING_NONE, 0, 'd', "abi",
     "A block of the allocation ABI is released by the other side where both share a heap, else by its owner.", "abi",
     "abi", abi_give, abi_take},
    {sizeof(crossheap_scenario), kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "own-heap",
     "Many blocks live on the plugin's own heap, and nothing crosses.", "malloc", "free", own_heap_give, own_heap_take},
};
constexpr std::size_t kCount = std::size(kScenarios);

constexpr std::array<const crossheap_scenario *, kCount> kList = [] {
  std::array<const crossheap_scenario *, kCount> list{};
  for (std::size_t i = 0; i < kCount; ++i) list[i] = &kScenarios[i];
  return list;
}();

const crossheap_scenario *const *scenarios(std::uint32_t *count) {
  *count = kCount;
  return kList.data();
}

const crossheap_binding *bindings(std::uint32_t *count) {
  // SAFETY: a function's address is kept, not called through (crossheap_binding).
  static const void *const kMalloc = reinterpret_cast<const void *>(&::malloc);
  static const crossheap_binding kBindings[] = {
      {"malloc", kMalloc},
      {"free", reinterpret_cast<const void *>(&::free)},
      // A heap of the language's own stands in the plugin, and any address in there tells so.
      {"language heap", CROSSHEAP_LANGUAGE_HEAP_IS_MALLOC ? kMalloc : &kScenarios},
      {"language string", CROSSHEAP_LANGUAGE_STRING_IS_MALLOC ? kMalloc : &kScenarios},
  };
  *count = std::size(kBindings);
  return kBindings;
}

std::int32_t open(const crossheap_host *) {
  if (&language_start != nullptr) language_start();
  return 0;
}

}  // namespace

extern "C" {

std::int32_t contract_given(crossheap_handover *handover, void *block, std::size_t size) {
  return give_block(*handover, block, size);
}

std::int32_t contract_given_text(crossheap_handover *handover, char *text) {
  return give_text(*handover, text, text == nullptr ? std::string_view() : std::string_view(text));
}

void *contract_received(const crossheap_host *host, const crossheap_handover *handover) {
  check_contents(*host, *handover);
  return handover->block;
}

void contract_goes_home_by(crossheap_handover *handover, void (*release)(crossheap_handover *)) {
  handover->release = release;
}

void *contract_host_allocate(const crossheap_host *host, std::size_t size, std::size_t align) {
  return host->party.allocate(size, align);
}

void contract_host_release(const crossheap_host *host, void *block, std::size_t size, std::size_t align) {
  host->party.release(block, size, align);
}

void contract_abi_release(const crossheap_handover *handover, void *block, std::size_t size, std::size_t align) {
  abi_release(*handover, block, size, align);
}

[[gnu::visibility("default")]] extern const struct crossheap_plugin crossheap_plugin;

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
    .open = open,
    .close = nullptr,
    .scenarios = scenarios,
    .bindings = bindings,
};
}
