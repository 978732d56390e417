// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The drills, one function each; a file for each idea. Each returns only where the loader refused to open a plugin,
// which is told then.
#pragma once

#include "drill/inside/host.h"

namespace crossheap::drill {

// loading.cpp
void drill_load(const Arguments &arguments);
void drill_calls(const Arguments &arguments);
void drill_reload(const Arguments &arguments);

// threads.cpp
void drill_threads(const Arguments &arguments);

// forks.cpp
void drill_fork(const Arguments &arguments);
void drill_fork_in_calls(const Arguments &arguments);

// leaving.cpp
enum class AtExit : bool { PluginOpen, PluginClosed };
void drill_exit(const Arguments &arguments, AtExit at_exit);
void drill_closed_streams(const Arguments &arguments);

// company.cpp
void drill_copies(const Arguments &arguments);
enum class Order : bool { OtherFirst, PluginFirst };
void drill_with(const Arguments &arguments, Order order);
void drill_namespace(const Arguments &arguments);

}  // namespace crossheap::drill
