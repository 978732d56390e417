// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The observer: an audit module (rtld-audit(7)) that makes any program open plugins and then hold still, so that its
// slots can be read from outside.
//
// It lives in a link namespace of its own, so it is in no scope of the program's. Its work is done in la_preinit: every
// library of the program is initialised by then and its main function has not begun. It opens what the variable names
// (one line each: flags, a space, the path), says on the result descriptor how that went, and waits to be ended.
//
// Code that runs meanwhile may open more: constructors, and the resolvers of indirect functions. The loader's own rules
// map all that they ask for before any code runs, and the loader announces that its list is consistent in between. What
// is mapped later, or by another thread, was opened by code, and is named.
#include <dlfcn.h>
#include <link.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "observe/protocol.h"

namespace {

using namespace crossheap::observe;

void say(const char *text, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(kObserverFd, text, size);
    if (written <= 0) ::_exit(kObserverFailed);
    text += written;
    size -= static_cast<std::size_t>(written);
  }
}

void say(const char *text) { say(text, std::strlen(text)); }

// What is mapped now follows from what the program, or a line, asks for; by this thread.
volatile bool by_rules = true;
long main_thread = 0;

// The objects that code opened, by their link maps. Under the loader's lock, but for when they are said.
std::uintptr_t *opened_by_code = nullptr;
std::size_t opened_count = 0;

void forget(std::uintptr_t map) {
  for (std::size_t i = 0; i < opened_count; ++i)
    if (opened_by_code[i] == map) opened_by_code[i--] = opened_by_code[--opened_count];
}

void note_opened_by_code(std::uintptr_t map) {
  const std::size_t bytes = (opened_count + 1) * sizeof(std::uintptr_t);
  auto *const larger = static_cast<std::uintptr_t *>(::realloc(opened_by_code, bytes));
  if (larger == nullptr) ::_exit(kObserverFailed);
  opened_by_code = larger;
  opened_by_code[opened_count++] = map;
}

void say_opened_by_code() {
  for (std::size_t i = 0; i < opened_count; ++i) {
    char digits[2 * sizeof(std::uintptr_t) + 1] = {};
    std::uintptr_t rest = opened_by_code[i];
    for (std::size_t at = sizeof digits - 1; at-- > 0; rest >>= 4U) digits[at] = "0123456789abcdef"[rest & 15U];
    say(kByCode);
    say(digits);
    say("\n");
  }
}

// `flags` is the line's first word, `path` its rest; both end with NUL.
void open_one(const char *flags, const char *path) {
  int mode = RTLD_NOW;
  Lmid_t link_namespace = LM_ID_BASE;
  for (const char *flag = flags; *flag != '\0'; ++flag) {
    if (*flag == kGlobal) mode |= RTLD_GLOBAL;
    if (*flag == kDeepbind) mode |= RTLD_DEEPBIND;
    if (*flag == kNoLoad) mode |= RTLD_NOLOAD;
    if (*flag == kNewNamespace) link_namespace = LM_ID_NEWLM;
  }
  by_rules = true;
  const void *const opened = ::dlmopen(link_namespace, path, mode);
  by_rules = false;
  if (opened != nullptr) return;
  const char *const reason = ::dlerror();
  say(kRefused);
  say(reason == nullptr ? path : reason);
  say("\n");
}

}  // namespace

#pragma GCC visibility push(default)

extern "C" {

// The newest version that both sides know.
unsigned int la_version(unsigned int version) { return version < LAV_CURRENT ? version : LAV_CURRENT; }

// It asks to see no calls. The first object is the program's own, shown on the thread that starts it.
unsigned int la_objopen(link_map *map, Lmid_t /*link_namespace*/, std::uintptr_t *cookie) {
  *cookie = reinterpret_cast<std::uintptr_t>(map);
  if (main_thread == 0) main_thread = ::syscall(SYS_gettid);
  forget(*cookie);
  if (!by_rules || ::syscall(SYS_gettid) != main_thread) note_opened_by_code(*cookie);
  return 0;
}

unsigned int la_objclose(std::uintptr_t *cookie) {
  forget(*cookie);
  return 0;
}

void la_activity(std::uintptr_t * /*cookie*/, unsigned int flag) {
  if (flag == LA_ACT_CONSISTENT && ::syscall(SYS_gettid) == main_thread) by_rules = false;
}

void la_preinit(std::uintptr_t * /*cookie*/) {
  const char *const given = ::getenv(kOpenVariable);
  char *const lines = ::strdup(given == nullptr ? "" : given);
  char *rest = nullptr;
  for (char *line = ::strtok_r(lines, "\n", &rest); line != nullptr; line = ::strtok_r(nullptr, "\n", &rest)) {
    char *const space = std::strchr(line, ' ');
    if (space == nullptr) continue;
    *space = '\0';
    open_one(line, space + 1);
  }
  say_opened_by_code();
  say(kReady);
  for (;;) ::pause();
}

}  // extern "C"

#pragma GCC visibility pop
