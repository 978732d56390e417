// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The observer: an audit module (rtld-audit(7)) that makes any program open plugins and then hold still, so that its
// slots can be read from outside.
//
// It lives in a link namespace of its own, so it is in no scope of the program's. Its work is done in la_preinit: every
// library of the program is initialised by then and its main function has not begun. It opens what the variable names
// (one line each: flags, a space, the path), says on the result descriptor how that went, and waits to be ended.
#include <dlfcn.h>
#include <link.h>
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
  if (::dlmopen(link_namespace, path, mode) != nullptr) return;
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
  say(kReady);
  for (;;) ::pause();
}

}  // extern "C"

#pragma GCC visibility pop
