/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the experiment asks of its plugins and hosts beyond the plugin contract: the scenarios, what passes in them, and
 * what is bound to what. Both sides offer it as an extension of crossheap/plugin.h, so a plugin that takes part is a
 * plugin like any other, and the installed contract knows nothing of the experiment.
 */
#ifndef CROSSHEAP_PLUGINS_SCENARIOS_EXPERIMENT_H
#define CROSSHEAP_PLUGINS_SCENARIOS_EXPERIMENT_H

#include <crossheap/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name of the extension: a host answers it with a crossheap_experiment_host, a plugin with a crossheap_experiment.
 */
#define CROSSHEAP_EXPERIMENT "crossheap.experiment/1"

/* The host's side of the experiment. Both functions may be called on any thread. */
struct crossheap_experiment_host {
  /* A scenario, on either side, found something other than what it wrote. `what` is a sentence; it is copied. The
   * scenario goes on afterwards. */
  void (*report_wrong)(const char *what);
  /* The release of a scenario that happens at exit has happened. */
  void (*report_finished)(void); /* NOLINT(modernize-redundant-void-arg): this is C too */
};

/* The host's side. Every host that plays scenarios has one. */
static inline const struct crossheap_experiment_host *crossheap_experiment_of(const struct crossheap_host *host) {
  const void *experiment = host->extension(CROSSHEAP_EXPERIMENT);
#ifdef __cplusplus
  return static_cast<const crossheap_experiment_host *>(experiment);
#else
  return experiment;
#endif
}

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

/* What give and take answer where the system gives them no thread: then the scenario was not played. */
#define CROSSHEAP_SCENARIO_NO_THREAD 2

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
   * caller has set owner and taker. 0 on success, CROSSHEAP_SCENARIO_NO_THREAD, or 1. */
  int32_t (*give)(const struct crossheap_host *host, struct crossheap_handover *handover);
  /* Checks the contents, uses the block and releases it as the contract says. The same. */
  int32_t (*take)(const struct crossheap_host *host, struct crossheap_handover *handover);
};

/* One reference of an image and what it is bound to there: whose function its code calls. */
struct crossheap_binding {
  const char *function; /* "malloc", "operator new": the words of acquired_by and released_by */
  const void *address;  /* for comparing and for finding the object behind it; never called */
};

/* The plugin's side of the experiment. */
struct crossheap_experiment {
  /* The scenarios it takes part in: an array that lives as long as the plugin; `*count` entries. */
  const struct crossheap_scenario *const *(*scenarios)(uint32_t *count);
  /* What its own references are bound to: `*count` entries that live as long as the plugin. Null where it does not
   * tell. */
  const struct crossheap_binding *(*bindings)(uint32_t *count);
};

#ifdef __cplusplus
}
#endif
#endif
