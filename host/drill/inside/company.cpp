// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin beside others: a copy of itself under another name, another plugin before or after it, and itself in a
// second link namespace. Two of them may find each other's symbols, or share what each believes to be its own.
#include "drill/inside/drill_functions.h"

namespace crossheap::drill {

void drill_copies(const Arguments &arguments) {
  const LoadMode &mode = *arguments.mode;
  for (const bool copy_first : {false, true}) {
    const char *const paths[] = {copy_first ? arguments.copy : arguments.plugin,
                                 copy_first ? arguments.plugin : arguments.copy};
    void *first = open(paths[0], mode, copy_first ? "the copy" : "the plugin");
    if (first == nullptr) return;
    void *second = open(paths[1], mode, copy_first ? "the plugin beside its copy" : "the copy beside the plugin");
    if (second == nullptr) return;
    for (void *handle : {first, second}) {
      Plugin plugin(arguments, handle);
      plugin.call_quietly();
    }
    close(copy_first ? second : first, "the one");
    {
      Plugin plugin(arguments, copy_first ? first : second);
      plugin.call_quietly("the copy that is left");
    }
    close(copy_first ? first : second, "the other");
    use_host_heap();
  }
  leave_by_exit("leaving by exit after two copies");
}

void drill_with(const Arguments &arguments, Order order) {
  const bool other_first = order == Order::OtherFirst;
  void *other = nullptr;
  if (other_first && (other = open(arguments.with, *arguments.mode, "the other plugin")) == nullptr) return;
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    plugin.call_quietly();
    if (!other_first && (other = open(arguments.with, *arguments.mode, "the other plugin")) == nullptr) return;
    plugin.call_quietly();
  }
  close(other_first ? handle : other, "the one that was opened last");
  close(other_first ? other : handle, "the one that was opened first");
  use_host_heap();
  leave_by_exit("leaving by exit");
}

void drill_namespace(const Arguments &arguments) {
  void *first = open(arguments.plugin, *arguments.mode);
  if (first == nullptr) return;
  void *second = open(arguments.plugin, *find_load_mode("namespace"), "the plugin in a second link namespace");
  if (second == nullptr) return;
  {
    // Calls of the second one would hand out blocks of its own heap, as in the load mode namespace.
    Plugin plugin(arguments, first);
    plugin.call_quietly();
  }
  use_host_heap();
  close(second, "the plugin in the second link namespace");
  close(first);
  use_host_heap();
  finish();
}

}  // namespace crossheap::drill
