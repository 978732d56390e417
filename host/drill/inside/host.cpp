// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/inside/host.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "drill/inside/faults.h"

namespace crossheap::drill {

namespace {

void witness(bool opening) {
  using Opening = void (*)(int);
  // Asked once, before the plugin is opened: asking would overwrite what dlerror says of a refusal.
  static const auto kTold = reinterpret_cast<Opening>(::dlsym(RTLD_DEFAULT, "crossheap_witness_opening"));
  if (kTold != nullptr) kTold(opening ? 1 : 0);
}

// Whether the descriptor by which it tells is open: from the beginning, where a supervisor reads it.
bool can_tell() { return ::fcntl(kResultFd, F_GETFD) >= 0; }

bool could_tell = false;

}  // namespace

int flags_of(const LoadMode &mode) {
  return (mode.lazy() ? RTLD_LAZY : RTLD_NOW) | (mode.global() ? RTLD_GLOBAL : RTLD_LOCAL) |
         (mode.deepbind() ? RTLD_DEEPBIND : 0);
}

void *open(const char *path, const LoadMode &mode, std::string_view what) {
  tell(kDoing, "opening " + std::string(what));
  const int flags = flags_of(mode);
  void *handle = nullptr;
  {
    const FaultsTold faults;
    witness(true);
    handle = mode.new_namespace() ? ::dlmopen(LM_ID_NEWLM, path, flags) : ::dlopen(path, flags);
    witness(false);
  }
  if (handle == nullptr)
    tell(kRefused, ::dlerror());
  else
    tell(kOpened, what);
  return handle;
}

bool close(void *handle, std::string_view what) {
  tell(kDoing, "closing " + std::string(what));
  return ::dlclose(handle) == 0;
}

void use_host_heap() {
  std::array<void *, 64> blocks{};
  for (std::size_t round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < blocks.size(); ++i)
      if ((blocks[i] = std::malloc(16 + i * 40)) != nullptr) std::memset(blocks[i], 0x5a, 16 + i * 40);
    for (void *&block : blocks) std::free(std::exchange(block, nullptr));
  }
}

void note_supervisor() { could_tell = can_tell(); }

void end() { ::_exit(could_tell && !can_tell() ? kCannotTell : 0); }

void finish() {
  tell(kCalls, std::to_string(Caller::calls()));
  tell(kDone);
  end();
}

void end_without_thread(const std::system_error &error) {
  tell(kNotTried, std::string("this process cannot have another thread: ") + error.what());
  finish();
}

void leave_by_exit(std::string_view doing) {
  tell(kCalls, std::to_string(Caller::calls()));
  tell(kDoing, doing);
  tell(kDone);
  std::exit(0);
}

}  // namespace crossheap::drill
