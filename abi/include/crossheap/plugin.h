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
  /* Called by a scenario, on either side, that found something other than what it wrote. `what` is a
   * sentence; it is copied. The scenario goes on afterwards. [any-thread] */
  void (*report_wrong)(const char *what);
  /* Called by a scenario whose release happens at exit, once it has happened. [any-thread] */
  void (*report_finished)(void);
};

/* A block, or an object, on its way from the side that gives it to the side that takes it. */
struct crossheap_handover {
  uint32_t struct_size;
  uint32_t reserved;
  void *block;                         /* what passes over; an object behind it is of the type the scenario names */
  uint64_t size;                       /* bytes asked for */
  uint64_t align;                      /* alignment asked for; 0 when none was */
  uint64_t seed;                       /* the contents are the byte sequence that this number starts */
  const struct crossheap_party *owner; /* the side that gave it */
  const struct crossheap_party *taker; /* the side that will take it */
  /* The owner's function for exactly this object, where the scenario has one; else null. */
  void (*release)(struct crossheap_handover *self);
};

/* Which sides a scenario's block may travel between. */
#define CROSSHEAP_DIRECTION_TO_HOST 1u   /* the plugin gives, the host takes */
#define CROSSHEAP_DIRECTION_TO_PLUGIN 2u /* the host gives, the plugin takes */
#define CROSSHEAP_DIRECTION_INSIDE 4u    /* the plugin gives and takes: still a crossing where it is half-bound */

/* What the host does between the giving and the taking, or after it. */
#define CROSSHEAP_STAGING_NONE 0u
#define CROSSHEAP_STAGING_CLOSE_BETWEEN 1u   /* dlclose the plugin before the host takes */
#define CROSSHEAP_STAGING_THREAD_OUTLIVES 2u /* a host thread gives and takes; it ends after the plugin is closed */
#define CROSSHEAP_STAGING_AT_EXIT 3u         /* taking only arranges the release; it happens while the process exits */

/* A thread that uses the heaps of two link namespaces, each through its owner, and ends, runs into glibc: a thread has
 * one table of thread-specific values, and each namespace's libc hands out keys to it on its own, so that one
 * allocator's destructor is given the other's value. A scenario with this flag is therefore not played across
 * namespaces. */
#define CROSSHEAP_SCENARIO_ONE_NAMESPACE 1u

/* One way in which ownership passes. Both sides hold the same list, found by name. */
struct crossheap_scenario {
  uint32_t struct_size;
  uint32_t directions; /* CROSSHEAP_DIRECTION_ bits this side supports; 0: it refuses, and `sentence` is the reason */
  uint32_t staging;    /* one CROSSHEAP_STAGING_ value */
  uint32_t flags;      /* CROSSHEAP_SCENARIO_ bits */
  uint32_t contract; /* 'a' plain, 'b' the owner frees, 'c' the host's allocator, 'd' the ABI with the identity check */
  const char *name;  /* lower case words joined by '-' */
  const char *sentence;
  /* Which function of the giver hands the block out, and which functions of the taker, separated by ',', it is then
   * passed to: names of crossheap_binding; with "giver " in front, a function of the giver again. All of
   * them are on one instance where the block, and what it grows into, stays at home. "libc" is a function
   * of libc that allocates for its caller; "owner", "host" and "abi" are the functions of a crossheap_party. */
  const char *acquired_by;
  const char *released_by;
  /* Makes the block, fills it and describes it in `handover` (block, size, align, seed, release); the
   * caller has set owner and taker. 0 on success. */
  int32_t (*give)(const struct crossheap_host *host, struct crossheap_handover *handover);
  /* Checks the contents, uses the block and releases it as the contract says. 0 on success. */
  int32_t (*take)(const struct crossheap_host *host, struct crossheap_handover *handover);
};

/* One reference of an image and what it is bound to there: whose function its code calls. */
struct crossheap_binding {
  const char *function; /* "malloc", "operator new": the words of acquired_by and released_by */
  const void *address;  /* for comparing and for finding the object behind it; never called */
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
  /* The scenarios this plugin takes part in: an array that lives as long as the plugin; `*count` entries. Null where
   * it has none. */
  const struct crossheap_scenario *const *(*scenarios)(uint32_t *count);
  /* What the plugin's own references are bound to: `*count` entries that live as long as the plugin. Null where it does
   * not tell. */
  const struct crossheap_binding *(*bindings)(uint32_t *count);
};

#define CROSSHEAP_PLUGIN_SYMBOL "crossheap_plugin"

#ifdef __cplusplus
}
#endif
#endif
