// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The modules are reported one by one, from the loader's list: libdwfl's own reading of a dump knows one link namespace
// only, and takes files that are others now.
#include "observe/call_stack.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <memory>

#include "base/demangle.h"
#include "base/owned_fd.h"

namespace crossheap::observe {

namespace {

constexpr std::size_t kFramesAtMost = 256;

int find_no_elf(Dwfl_Module *, void **, const char *, Dwarf_Addr, char **, Elf **) { return -1; }

constexpr Dwfl_Callbacks kCallbacks{.find_elf = find_no_elf,
                                    .find_debuginfo = dwfl_standard_find_debuginfo,
                                    .section_address = dwfl_offline_section_address,
                                    .debuginfo_path = nullptr};

struct Walk {
  Dwfl *dwfl = nullptr;
  const LiveProcess *process = nullptr;
  std::vector<StackFrame> frames;
};

int on_frame(Dwfl_Frame *state, void *data) {
  Walk &walk = *static_cast<Walk *>(data);
  StackFrame frame;
  if (!dwfl_frame_pc(state, &frame.pc, &frame.exact)) return DWARF_CB_ABORT;
  for (unsigned number = 0; number < kRegisters; ++number)
    if (Dwarf_Word value = 0; dwfl_frame_reg(state, number, &value) == 0) frame.registers[number] = value;
  const std::uint64_t inside = frame.exact ? frame.pc : frame.pc - 1;
  frame.object = walk.process->object_at(inside);
  if (Dwfl_Module *const module = dwfl_addrmodule(walk.dwfl, inside)) {
    GElf_Off into = 0;
    GElf_Sym symbol;
    if (const char *const name = dwfl_module_addrinfo(module, inside, &into, &symbol, nullptr, nullptr, nullptr)) {
      const std::string text = name;
      frame.function = text.substr(0, text.find('@'));  // fopen@@GLIBC_2.2.5
      frame.into = into + (frame.pc - inside);
    }
  }
  walk.frames.push_back(std::move(frame));
  return walk.frames.size() < kFramesAtMost ? DWARF_CB_OK : DWARF_CB_ABORT;
}

}  // namespace

std::vector<StackFrame> call_stack(const CoreDump &dump, const LiveProcess &process) {
  Walk walk;
  walk.process = &process;
  const OwnedFd fd(::open(dump.path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || elf_version(EV_CURRENT) == EV_NONE) return {};
  const std::unique_ptr<Elf, int (*)(Elf *)> core(elf_begin(fd.get(), ELF_C_READ_MMAP, nullptr), elf_end);
  const std::unique_ptr<Dwfl, void (*)(Dwfl *)> dwfl(dwfl_begin(&kCallbacks), dwfl_end);
  if (!core || !dwfl) return {};
  walk.dwfl = dwfl.get();
  dwfl_report_begin(dwfl.get());
  std::size_t number = 0;
  for (const LiveObject &object : process.objects()) {
    if (!object.file) continue;
    // Two copies of one file, in two namespaces, are two modules.
    const std::string name = fmt::format("{}#{}", object.path.string(), number++);
    dwfl_report_elf(dwfl.get(), name.c_str(), object.path.c_str(), -1, object.base, false);
  }
  dwfl_report_end(dwfl.get(), nullptr, nullptr);
  if (dwfl_core_file_attach(dwfl.get(), core.get()) < 0) return {};
  dwfl_getthread_frames(dwfl.get(), dump.thread(), on_frame, &walk);
  return std::move(walk.frames);
}

}  // namespace crossheap::observe
