// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One thread opens the plugin, another one uses it and ends, and the one that opened it ends after the plugin is
// closed: what a thread keeps for the plugin is then destroyed by code that may be gone.
#include <semaphore>
#include <thread>
#include <vector>

#include "drill/inside/drill_functions.h"

namespace crossheap::drill {

void drill_threads(const Arguments &arguments) {
  std::binary_semaphore opened(0);
  std::binary_semaphore asked(0);
  std::binary_semaphore called(0);
  std::binary_semaphore closed(0);
  void *handle = nullptr;
  Caller *called_by_opener = nullptr;
  tell(kDoing, "opening the plugin on a thread");
  std::thread opener = start_thread([&] {
    handle = open(arguments.plugin, *arguments.mode, "the plugin on a thread");
    use_host_heap();
    opened.release();
    asked.acquire();
    if (called_by_opener != nullptr) called_by_opener->run_quietly(nullptr);
    called.release();
    closed.acquire();
  });
  opened.acquire();
  if (handle != nullptr) {
    {
      Plugin plugin(arguments, handle);
      std::vector<Later> later;
      if (Caller *caller = plugin.caller()) {
        tell(kDoing, "calling the plugin on another thread");
        start_thread([&] { caller->run_quietly(&later); }).join();
        tell(kDoing, "releasing blocks whose thread has ended");
        caller->release_all(later);
        // What this thread keeps for the plugin is there when the plugin is closed.
        tell(kDoing, "calling the plugin on the thread that opened it");
        called_by_opener = caller;
      }
      asked.release();
      called.acquire();
    }
    close(handle);
    tell(kDoing, "ending a thread that used the plugin, which is closed");
  }
  if (handle == nullptr) asked.release();
  closed.release();
  opener.join();
  if (handle == nullptr) return;
  use_host_heap();
  finish();
}

}  // namespace crossheap::drill
