/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The runner for musl's loader: the plugin in C on both sides. There is no C++ runtime for musl here, so this is the
 * part of runner/run.cpp that its scenarios need, in C, with the same arguments and the same records
 * (event/run_record.h).
 *
 * musl's loader has no RTLD_DEEPBIND and no dlmopen, so three of the load modes are refused here, in words of ours; it
 * binds everything at once, and a library that was opened stays in memory.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/load_modes.h"
#include "event/run_steps.h"
#include "scenarios/experiment.h"

enum step {
  kNone,
#define CROSSHEAP_STEP(name) k##name,
  CROSSHEAP_RUN_STEPS(CROSSHEAP_STEP)
#undef CROSSHEAP_STEP
};

/* ABI: as event/run_record.h. */
struct record {
  uint32_t magic;
  uint16_t step;
  uint16_t text_length;
  uint64_t token;
  uint32_t sequence;
  uint32_t checksum;
  char text[900];
};
enum { kHeader = 24, kResultFd = 3 };

static uint64_t run_token;
static uint32_t sequence;

/* The token is on the standard input, before any plugin is there to read it (channel.h). */
static void open_channel(void) {
  if (read(0, &run_token, sizeof run_token) != (ssize_t)sizeof run_token) run_token = 1;
}

static void report(enum step step, const char *text) {
  if (run_token == 0) {
    printf("step %d: %s\n", step, text);
    return;
  }
  struct record record = {.magic = 0x52486358, .step = (uint16_t)step, .token = run_token, .sequence = sequence++};
  record.text_length = (uint16_t)strnlen(text, sizeof record.text);
  memcpy(record.text, text, record.text_length);
  uint32_t hash = 0x811c9dc5u; /* FNV-1a, with the checksum 0 */
  for (size_t i = 0; i < (size_t)kHeader + record.text_length; ++i)
    hash = (hash ^ ((const unsigned char *)&record)[i]) * 0x01000193u;
  record.checksum = hash;
  if (write(kResultFd, &record, kHeader + record.text_length) < 0) _exit(1);
}

static void report_wrong(const char *what) { report(kWrong, what); }
static void report_finished(void) { report(kFinished, ""); }

static const void *extension(const char *id) {
  static const struct crossheap_experiment_host kExperiment = {report_wrong, report_finished};
  return strcmp(id, CROSSHEAP_EXPERIMENT) == 0 ? &kExperiment : NULL;
}

static const struct crossheap_host kHost = {
    .struct_size = sizeof(struct crossheap_host),
    .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
    .party = {.struct_size = sizeof(struct crossheap_party),
              .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
              .name = "host",
              .provider = crossheap_provider,
              .allocate = crossheap_allocate,
              .reallocate = crossheap_reallocate,
              .release = crossheap_deallocate},
    .extension = extension,
};

/* The host's own side is the plugin's source, linked into this program. */
extern const struct crossheap_plugin crossheap_plugin;

/* What a side offers to the experiment. */
static const struct crossheap_experiment *experiment_of(const struct crossheap_plugin *side) {
  return side->extension(CROSSHEAP_EXPERIMENT);
}

static const struct crossheap_scenario *find(const struct crossheap_plugin *side, const char *name) {
  uint32_t count = 0;
  const struct crossheap_scenario *const *all = experiment_of(side)->scenarios(&count);
  for (uint32_t i = 0; i < count; ++i)
    if (strcmp(all[i]->name, name) == 0) return all[i];
  return NULL;
}

static void list(const struct crossheap_plugin *side) {
  uint32_t count = 0;
  const struct crossheap_scenario *const *all = experiment_of(side)->scenarios(&count);
  for (uint32_t i = 0; i < count; ++i) {
    char text[sizeof((struct record *)0)->text];
    snprintf(text, sizeof text, "%s|%u|%u|%u|%c|%s|%s|%s", all[i]->name, all[i]->directions, all[i]->staging,
             all[i]->flags, (char)all[i]->contract, all[i]->acquired_by, all[i]->released_by, all[i]->sentence);
    report(kOffered, text);
  }
}

static void report_bindings(const char *name, const struct crossheap_plugin *side) {
  uint32_t count = 0;
  const struct crossheap_binding *bound = experiment_of(side)->bindings(&count);
  for (uint32_t i = 0; i < count; ++i) {
    Dl_info info;
    char text[300];
    if (dladdr(bound[i].address, &info) == 0) continue;
    const char *slash = strrchr(info.dli_fname, '/');
    snprintf(text, sizeof text, "%s %s=%s", name, bound[i].function, slash == NULL ? info.dli_fname : slash + 1);
    report(kBound, text);
  }
}

/* CROSSHEAP_LOAD_* of the mode called so; -1 for an unknown name. */
static int flags_of_mode(const char *name) {
#define ROW(mode, letter, flags, call) \
  if (strcmp(name, mode) == 0) return flags;
  CROSSHEAP_LOAD_MODES(ROW)
#undef ROW
  return -1;
}

static void *open_plugin(const char *path, int mode) {
  if (mode & (CROSSHEAP_LOAD_NEW_NAMESPACE | CROSSHEAP_LOAD_DEEPBIND)) {
    report(kNotOpened, mode & CROSSHEAP_LOAD_NEW_NAMESPACE ? "musl has no dlmopen" : "musl has no RTLD_DEEPBIND");
    return NULL;
  }
  void *handle = dlopen(path, RTLD_NOW | (mode & CROSSHEAP_LOAD_GLOBAL ? RTLD_GLOBAL : 0));
  if (handle == NULL) report(kNotOpened, dlerror());
  return handle;
}

static int pass(const struct crossheap_scenario *giver, const struct crossheap_scenario *taker,
                struct crossheap_handover *handover) {
  report(kGiving, "");
  if (giver->give(&kHost, handover) != 0) return report(kFailed, "the giving side could not make its block"), 0;
  report(kTaking, "");
  if (taker->take(&kHost, handover) != 0) return report(kFailed, "the taking side could not do its work"), 0;
  return 1;
}

static void play(const struct crossheap_plugin *plugin, const char *name, const char *direction) {
  const struct crossheap_scenario *here = find(&crossheap_plugin, name);
  const struct crossheap_scenario *there = find(plugin, name);
  if (here == NULL || there == NULL) {
    report(kNotAPlugin, "one of the two sides does not have this scenario");
    return;
  }
  const int host_gives = strcmp(direction, "to-plugin") == 0;
  const int host_takes = strcmp(direction, "to-host") == 0;
  struct crossheap_handover handover = {.struct_size = sizeof handover,
                                        .seed = 0x5eed,
                                        .owner = host_gives ? &kHost.party : &plugin->party,
                                        .taker = host_takes ? &kHost.party : &plugin->party};
  if (plugin->open(&kHost) != 0 || !pass(host_gives ? here : there, host_takes ? here : there, &handover)) return;
  report(kPressing, "");
  const struct crossheap_scenario *heaps[] = {find(&crossheap_plugin, "own-heap"), find(plugin, "own-heap")};
  struct crossheap_handover rounds[4] = {{0}};
  for (uint64_t i = 0; i < 4; ++i) {
    rounds[i].seed = i << 32;
    heaps[i % 2]->give(&kHost, &rounds[i]);
  }
  for (uint64_t i = 0; i < 4; ++i) heaps[i % 2]->take(&kHost, &rounds[i]);
  report(kVerified, "");
}

int main(int count, char **words) {
  const char *path = NULL, *scenario = NULL, *direction = "", *what = "";
  int mode = 0;
  for (int i = 1; i < count; ++i) {
    const char *value = i + 1 < count ? words[i + 1] : "";
    if (strcmp(words[i], "--records") == 0) {
      open_channel();
      continue;
    }
    if (strcmp(words[i], "--load") == 0 || strcmp(words[i], "--list") == 0) {
      what = words[i];
      continue;
    }
    if (strcmp(words[i], "--plugin") == 0) path = value;
    if (strcmp(words[i], "--mode") == 0) mode = flags_of_mode(value);
    if (strcmp(words[i], "--scenario") == 0) scenario = value;
    if (strcmp(words[i], "--direction") == 0) direction = value;
    ++i;
  }
  if (mode < 0) return 2;
  if (path == NULL) {
    list(&crossheap_plugin);
    report(kVerified, "");
    return 0;
  }
  report(kOpening, "");
  void *handle = open_plugin(path, mode);
  if (handle == NULL) return 0;
  const struct crossheap_plugin *plugin = dlsym(handle, CROSSHEAP_PLUGIN_SYMBOL);
  if (plugin == NULL || plugin->abi_version != CROSSHEAP_PLUGIN_ABI_VERSION || plugin->extension == NULL ||
      experiment_of(plugin) == NULL) {
    report(kNotAPlugin, "it does not export this version of " CROSSHEAP_PLUGIN_SYMBOL);
  } else if (strcmp(what, "--list") == 0) {
    report(kStaticTls, "0|0");
    list(plugin);
    report(kVerified, "");
  } else if (strcmp(what, "--load") == 0) {
    report_bindings("host", &crossheap_plugin);
    report_bindings("plugin", plugin);
    report(kVerified, "");
  } else if (scenario != NULL) {
    play(plugin, scenario, direction);
  }
  return 0;
}
