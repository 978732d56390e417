/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a runner tells its supervisor, step by step: the values of event::RunStep (run_record.h), which the runner for
 * musl, in C, shares. They count from 1.
 */
#ifndef CROSSHEAP_EVENT_RUN_STEPS_H
#define CROSSHEAP_EVENT_RUN_STEPS_H

/* clang-format off */
#define CROSSHEAP_RUN_STEPS(step) \
  step(Opening)    /* about to dlopen the plugin */ \
  step(NotOpened)  /* the loader refused; text: its words */ \
  step(NotAPlugin) /* opened, but the contract is not there or not ours; text: what is missing */ \
  step(Bound)      /* which instance a side's function belongs to; text: "host malloc=libc.so.6" */ \
  step(Offered)    /* a scenario this image has; text: name|directions|staging|flags|contract|acquired by|released by|sentence */ \
  step(StaticTls)  /* text: bytes of thread-local storage of the objects that opening mapped, '|', and of all objects */ \
  step(Giving)     /* about to call the giver */ \
  step(Taking)     /* about to call the taker */ \
  step(Closing)    /* about to dlclose the plugin */ \
  step(Pressing)   /* about to use both heaps heavily, to see whether they overlap */ \
  step(Wrong)      /* a scenario found other contents; text: what */ \
  step(Failed)     /* a scenario could not do its work; text: what */ \
  step(NoThread)   /* a scenario needs a thread that the system did not give it */ \
  step(Arranged)   /* everything before exit is done; the release follows at exit */ \
  step(Finished)   /* the release at exit has happened */ \
  step(Verified)   /* everything was done and found right */ \
  step(Told)       /* of a drill; text: a word, '|', what belongs to it (drill/inside/tell.h) */
/* clang-format on */

#endif
