/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The plugin contract: what a host and a plugin must know of each other's heap before a block may pass
 * between them. A plugin exports one constant object, `crossheap_plugin`; the host hands in its own side
 * when it opens the plugin. Both sides are a `crossheap_party`.
 *
 * The rule: a block may be released by the other side only when both are on one allocator instance
 * (crossheap_parties_share_heap). Otherwise it goes back through the owner's `release`.
 *
 * ABI: structures begin with struct_size and version; fields are only added at the end and read only
 * when struct_size says that they are there. Functions take and return C types, let no exception out, and
 * return 0 for success where they return a status; outputs are untouched on failure.
 */
#ifndef CROSSHEAP_PLUGIN_H
#define CROSSHEAP_PLUGIN_H

#include <crossheap/allocator.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CROSSHEAP_PLUGIN_ABI_VERSION 1u

/* One side of the boundary. It lives at least as long as any block that came from it. [any-thread] */
struct crossheap_party {
  uint32_t struct_size;
  uint32_t abi_version; /* CROSSHEAP_PLUGIN_ABI_VERSION */
  const char *name;     /* for messages */
  /* The identity of the heap behind the three functions below; never null. */
  const struct crossheap_provider *(*provider)(void);
  /* As crossheap_allocate, crossheap_reallocate and crossheap_deallocate of that side, callable from the other. */
  void *(*allocate)(size_t size, size_t align);
  void *(*reallocate)(void *block, size_t old_size, size_t align, size_t new_size);
  void (*release)(void *block, size_t size, size_t align);
};

/* Nonzero when a block of one party may be released by the other. [any-thread] */
static inline int crossheap_parties_share_heap(const struct crossheap_party *one,
                                               const struct crossheap_party *other) CROSSHEAP_NOEXCEPT {
  return crossheap_same_heap(one->provider(), other->provider());
}

/* What the host hands in. Lives until the plugin's `close` has returned and the plugin is unloaded. */
struct crossheap_host {
  uint32_t struct_size;
  uint32_t abi_version;
  struct crossheap_party party; /* the host's allocator and its identity */
  /* As crossheap_plugin's `extension`, for what the host offers. Null where it offers nothing. [any-thread] */
  const void *(*extension)(const char *id);
};

/* What a plugin exports under the name `crossheap_plugin`: constant, valid from load to unload. */
struct crossheap_plugin {
  uint32_t struct_size;
  uint32_t abi_version; /* CROSSHEAP_PLUGIN_ABI_VERSION */
  const char *name;
  const char *version;
  struct crossheap_party party; /* the plugin's own heap and release function */
  /* Called once, before anything else; `host` lives until after `close`. Null where there is nothing to do. */
  int32_t (*open)(const struct crossheap_host *host);
  void (*close)(void);
  /* What the two sides have agreed on beyond this contract, by a name of their own ("org.example.editor/2"): a constant
   * object that lives as long as the plugin, or null for an unknown `id`. Null where there is nothing. [any-thread] */
  const void *(*extension)(const char *id);
};

#define CROSSHEAP_PLUGIN_SYMBOL "crossheap_plugin"

#ifdef __cplusplus
}
#endif
#endif
