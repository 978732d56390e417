// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The agent: a module for LD_AUDIT. The loader puts it in a link namespace of its own with a libc of its own. So
// nothing it does touches the heaps (or the errno) of the program it watches. It tells the agent of every object before
// any code of that object runs. Here are the functions by which the loader calls it.
//
// Without C++ runtime: no exceptions, no RTTI, nothing that is constructed at start.
#include <link.h>
#include <unwind.h>

#include <cstdlib>

#include "agent/early_tls.h"
#include "agent/identity.h"
#include "agent/limits.h"
#include "agent/loading.h"
#include "agent/lock.h"
#include "agent/log.h"
#include "agent/memory.h"
#include "agent/objects.h"
#include "agent/own_stack.h"
#include "agent/pages.h"
#include "agent/processes.h"
#include "agent/tracking.h"
#include "agent/unwind.h"
#include "agent/watch.h"
#include "event/format.h"

#define CROSSHEAP_AGENT_EXPORT extern "C" __attribute__((visibility("default")))

namespace crossheap::agent {

namespace {

// Objects the loader has said goodbye to. That is not yet their end: at exit it says so of every object in turn, and
// what stays mapped goes on being called by the destructors of the others.
Object *closing;

// The program and the libraries that it begins with are there.
bool has_begun;

// The loader also says goodbye to objects that it never told us of (its own second entry in another namespace), with a
// cookie that it made itself: the address of the link map. Ours are odd.
constexpr std::uintptr_t kOurs = 1;

// SAFETY (both): a cookie is a number of our choice; an Object is aligned to 16.
std::uintptr_t cookie_of(const Object *object) { return reinterpret_cast<std::uintptr_t>(object) | kOurs; }
Object *object_of(std::uintptr_t cookie) {
  return (cookie & kOurs) == 0 ? nullptr : reinterpret_cast<Object *>(cookie & ~kOurs);
}

void take_in(link_map *map, Lmid_t link_namespace, std::uintptr_t *cookie) {
  Image image;
  if (!read_image(*map, image)) return;
  Object *const object = add_object(map, link_namespace, image);
  if (object == nullptr) return;
  *cookie = cookie_of(object);
  object->opened_by = current_open();
  watch(*object, image);
  if (!has_begun && link_namespace == LM_ID_BASE) ask_for_static_tls(*map, image);
}

void take_leave_of_closed() {
  while (closing != nullptr) {
    Object *const object = closing;
    closing = object->next_closing;
    if (is_still_mapped(*object)) continue;
    report_outliving_blocks(*object);
    if (object->told != 0) log::unload(*object);
    unwatch(*object);
    remove_object(object);
  }
}

void stop_following_children() {
  // The environment stands on the stack of the main program; the variables the supervisor set are cut out of it.
  ::unsetenv("LD_AUDIT");
  ::unsetenv(event::kLogVariable);
}

}  // namespace

// The personality of entry.S's frames: an exception that passes through them ends the watched call.
extern "C" __attribute__((visibility("hidden"))) _Unwind_Reason_Code crossheap_agent_personality(
    int, _Unwind_Action actions, std::uint64_t, _Unwind_Exception *, _Unwind_Context *) {
  if ((actions & _UA_CLEANUP_PHASE) != 0) left_by_exception();
  return _URC_CONTINUE_UNWIND;
}

CROSSHEAP_AGENT_EXPORT unsigned la_version(unsigned version) {
  const char *const path = std::getenv(event::kLogVariable);
  if (version == 0 || path == nullptr) return 0;  // 0: the loader unloads us again
  learn_identity();
  if (!log::open(path)) return 0;
  start_fork_detection();
  note_first_break();
  start_loading();
  start_processes();
  start_own_stack();
  log::process();
  set_island_room_aside();
  const bool has_pages = pages::start();
  set_island_room_aside();
  if (!has_pages || !unwind::start() || !start_tracking()) {
    log::unwatched(nullptr, {}, event::Refusal::NoTable);
    return 0;
  }
  set_island_room_aside();
  start_limits();
  if (log::settings().follow_children == 0) stop_following_children();
  return LAV_CURRENT < version ? LAV_CURRENT : version;
}

CROSSHEAP_AGENT_EXPORT unsigned la_objopen(link_map *map, Lmid_t link_namespace, std::uintptr_t *cookie) {
  *cookie = 0;
  if (is_restricted()) {
    log::unwatched(nullptr, map->l_name, event::Refusal::Restricted);
    return 0;
  }
  with_room([&] { take_in(map, link_namespace, cookie); });
  return 0;  // no interest in its bindings: PLT calls go as fast as ever
}

CROSSHEAP_AGENT_EXPORT unsigned la_objclose(std::uintptr_t *cookie) {
  Object *const object = object_of(*cookie);
  if (object == nullptr) return 0;
  // Memory that it obtained may outlive it: its name is told while it is still there.
  if (object->mark != pages::kNobody) with_room([object] { log::object(*object); });
  object->next_closing = closing;
  closing = object;
  return 0;
}

CROSSHEAP_AGENT_EXPORT void la_activity(std::uintptr_t *, unsigned activity) {
  if (activity != LA_ACT_CONSISTENT) return;
  has_begun = true;
  with_room([] {
    unwind::forget();
    take_leave_of_closed();
  });
  loading_done();
}

}  // namespace crossheap::agent
