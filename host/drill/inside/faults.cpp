// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/inside/faults.h"

#include <dlfcn.h>
#include <ucontext.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "drill/inside/tell.h"

namespace crossheap::drill {

namespace {

// The object of an address and the offset in it: "/path/plugin.so|1234".
std::string place_of(std::uint64_t address) {
  Dl_info info{};
  // SAFETY: only looked up, never followed.
  const auto *pointer = reinterpret_cast<const void *>(address);
  if (address == 0 || ::dladdr(pointer, &info) == 0 || info.dli_fname == nullptr) return "|0";
  return std::string(info.dli_fname) + "|" + std::to_string(address - reinterpret_cast<std::uint64_t>(info.dli_fbase));
}

// Tells where the plugin's code was, and lets the signal end the process as it would have. The process is lost: that
// this allocates costs at most what it would have told.
void tell_fault(int signal, siginfo_t *, void *context) {
  std::signal(signal, SIG_DFL);
  const auto &registers = static_cast<const ucontext_t *>(context)->uc_mcontext.gregs;
  const auto code = static_cast<std::uint64_t>(registers[REG_RIP]);
  // Called through a null pointer: the stack has the return address on top.
  std::uint64_t caller = 0;
  if (code == 0) std::memcpy(&caller, reinterpret_cast<const void *>(registers[REG_RSP]), sizeof caller);
  tell(kFault, std::to_string(signal) + "|" + std::to_string(code) + "|" + place_of(code) + "|" + place_of(caller));
  // A signal that was sent would not come again by itself.
  ::raise(signal);
}

}  // namespace

FaultsTold::FaultsTold() {
  struct sigaction action {};
  action.sa_sigaction = tell_fault;
  action.sa_flags = SA_SIGINFO;
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
}

FaultsTold::~FaultsTold() {
  // A plugin may have put its own in their place.
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction now {};
    if (::sigaction(kSignals[i], nullptr, &now) == 0 && now.sa_sigaction == tell_fault)
      ::sigaction(kSignals[i], &before_[i], nullptr);
  }
}

}  // namespace crossheap::drill
