// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Two ways lead to an object. From an address: the loader's _dl_find_object, which takes no lock, answers with a link
// map, and a hash table of link maps has our entry. From a mark, the byte that pages.h keeps for each page: an array of
// 250.
//
// Marks are few, and pages keep theirs after an object is gone. So an object that is loaded again (same name, same
// namespace) gets its old mark back. Then come marks that were never given out. Then those whose object is gone, in
// turn: what is left of that object's memory is then taken as the new one's. Only when all 250 are in use, objects
// share kOther.
#include "agent/objects.h"

#include <dlfcn.h>

#include "agent/lock.h"
#include "agent/memory.h"

namespace crossheap::agent {

namespace {

constexpr std::size_t kBuckets = 1024;

Object *buckets[kBuckets];
Object *recycled;

struct {
  Object *object;          // null once it is unloaded
  std::uint32_t number;    // stays
  std::uint64_t identity;  // stays; 0 where the mark was never given out
} marks[pages::kLastObject + 1];

std::uint32_t last_number;
Lock mark_lock;

// SAFETY: the addresses of link maps serve as keys.
std::size_t bucket_of(const link_map *map) {
  return (reinterpret_cast<std::uint64_t>(map) >> 4) * 0x9e3779b97f4a7c15 >> 54;
}

// FNV-1a: two objects of one name in one namespace are the same allocator loaded again.
std::uint64_t identity_of(const Object &object) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ static_cast<std::uint64_t>(object.link_namespace);
  for (const char *c = object.map->l_name; *c != 0; ++c) hash = (hash ^ static_cast<unsigned char>(*c)) * 0x100000001b3;
  return hash | 1;
}

// A mark for the object: the one it had when it was loaded before, or one never given out, or the next whose
// object is gone. What is left of the memory of that last one would be taken for ours.
pages::Mark choose_mark(std::uint64_t identity) {
  static pages::Mark last_reused = 0;
  for (unsigned mark = 1; mark <= pages::kLastObject; ++mark)
    if (marks[mark].object == nullptr && marks[mark].identity == identity) return static_cast<pages::Mark>(mark);
  for (unsigned mark = 1; mark <= pages::kLastObject; ++mark)
    if (marks[mark].identity == 0) return static_cast<pages::Mark>(mark);
  for (unsigned tried = 0; tried < pages::kLastObject; ++tried) {
    last_reused = static_cast<pages::Mark>(last_reused % pages::kLastObject + 1);
    if (marks[last_reused].object == nullptr) return last_reused;
  }
  return pages::kOther;
}

/// In the first link namespace; null where none is `wanted`.
Object *first_of_process(bool (*wanted)(const Object &object)) {
  for (Object *const &bucket : buckets)
    for (Object *o = __atomic_load_n(&bucket, __ATOMIC_ACQUIRE); o != nullptr; o = o->next)
      if (wanted(*o) && o->link_namespace == LM_ID_BASE) return o;
  return nullptr;
}

}  // namespace

Object *add_object(const link_map *map, std::int64_t link_namespace, const Image &image) {
  Object *object = recycled;
  if (object != nullptr)
    recycled = object->recycled;
  else
    object = static_cast<Object *>(arena_allocate(sizeof(Object)));
  if (object == nullptr) return nullptr;
  *object = Object{};
  object->map = map;
  object->link_namespace = link_namespace;
  object->number = ++last_number;
  object->image = image;
  object->begin = image.begin;
  object->end = image.end;
  Object *&bucket = buckets[bucket_of(map)];
  object->next = bucket;
  __atomic_store_n(&bucket, object, __ATOMIC_RELEASE);
  return object;
}

void remove_object(Object *object) {
  for (Object **link = &buckets[bucket_of(object->map)]; *link != nullptr; link = &(*link)->next)
    if (*link == object) {
      __atomic_store_n(link, object->next, __ATOMIC_RELEASE);
      break;
    }
  if (object->mark != pages::kNobody && object->mark <= pages::kLastObject)
    __atomic_store_n(&marks[object->mark].object, nullptr, __ATOMIC_RELEASE);
  object->recycled = recycled;
  recycled = object;
}

Object *libc_of_process() {
  return first_of_process([](const Object &object) { return object.is_libc; });
}

Object *loader_of_process() { return first_of_process(is_loader); }

bool any_since_start(bool (*wanted)(const Object &object, std::string_view name), std::string_view name) {
  for (Object *const &bucket : buckets)
    for (const Object *o = __atomic_load_n(&bucket, __ATOMIC_ACQUIRE); o != nullptr; o = o->next)
      if (o->opened_by == 0 && !o->is_libc && !is_loader(*o) && wanted(*o, name)) return true;
  return false;
}

Object *find_object(const link_map *map) {
  for (Object *o = __atomic_load_n(&buckets[bucket_of(map)], __ATOMIC_ACQUIRE); o != nullptr; o = o->next)
    if (o->map == map) return o;
  return nullptr;
}

Object *object_at(std::uint64_t address) {
  dl_find_object found{};
  // SAFETY: the loader only compares the address.
  if (::_dl_find_object(reinterpret_cast<void *>(address), &found) != 0) return nullptr;
  return find_object(found.dlfo_link_map);
}

// SAFETY: what the loader wrote there before any code of ours ran; it is one object in all link namespaces.
bool is_loader(const Object &object) { return object.map->l_addr == _r_debug.r_ldbase; }

unsigned namespaces_in_use() {
  std::uint64_t seen = 0;
  for (const Object *const &bucket : buckets)
    for (const Object *o = __atomic_load_n(&bucket, __ATOMIC_ACQUIRE); o != nullptr; o = o->next)
      seen |= std::uint64_t{1} << (static_cast<std::uint64_t>(o->link_namespace) & 63);
  return static_cast<unsigned>(__builtin_popcountll(seen));
}

bool is_still_mapped(const Object &object) {
  dl_find_object found{};
  // SAFETY: as above.
  return ::_dl_find_object(reinterpret_cast<void *>(object.begin), &found) == 0 && found.dlfo_link_map == object.map;
}

Object *object_with(pages::Mark mark) {
  return mark <= pages::kLastObject ? __atomic_load_n(&marks[mark].object, __ATOMIC_ACQUIRE) : nullptr;
}

std::uint32_t number_with(pages::Mark mark) { return mark <= pages::kLastObject ? marks[mark].number : kNoObject; }

Object *object_numbered(std::uint32_t number) {
  for (const auto &mark : marks)
    if (mark.object != nullptr && mark.number == number) return mark.object;
  return nullptr;
}

pages::Mark mark_of(Object &object) {
  pages::Mark mark = __atomic_load_n(&object.mark, __ATOMIC_ACQUIRE);
  if (mark != pages::kNobody) return mark;
  const Locked locked(mark_lock);
  if (!locked) return pages::kOther;
  if (object.mark != pages::kNobody) return object.mark;
  const std::uint64_t identity = identity_of(object);
  mark = choose_mark(identity);
  if (mark != pages::kOther) {
    marks[mark].number = object.number;
    marks[mark].identity = identity;
    __atomic_store_n(&marks[mark].object, &object, __ATOMIC_RELEASE);
  }
  __atomic_store_n(&object.mark, mark, __ATOMIC_RELEASE);
  return mark;
}

}  // namespace crossheap::agent
