#pragma once
#include "allocator/functions.h"
namespace crossheap::agent {
inline Watching tracking(Role) { return {}; }
}  // namespace crossheap::agent
