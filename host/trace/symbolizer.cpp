// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each object is opened as a file of its own at address 0 (dwfl_report_elf with base 0), not as a part of a process:
// the process is gone, and the agent logged offsets. A worked example: the log has the return address 0x7f20401234 and
// says that plugin.so was mapped at 0x7f20400000, so the caller asks for offset 0x1233: one less than the return
// address, because the call instruction stands before it and a call may be the last instruction of its line.
//
// A library without symbols answers with an empty place. That is no error: the report shows the offset instead.
#include "trace/symbolizer.h"

#include <elfutils/libdwfl.h>
#include <filesystem>

#include <cstdlib>

#include "base/demangle.h"
#include "elf/compressed.h"

namespace crossheap::trace {

namespace {

// "fopen@@GLIBC_2.2.5" is fopen to people.
std::string without_version(const std::string &name) { return name.substr(0, name.find('@')); }

int find_no_elf(Dwfl_Module *, void **, const char *, Dwarf_Addr, char **, Elf **) { return -1; }

constexpr Dwfl_Callbacks kCallbacks{.find_elf = find_no_elf,
                                    .find_debuginfo = dwfl_standard_find_debuginfo,
                                    .section_address = dwfl_offline_section_address,
                                    .debuginfo_path = nullptr};

}  // namespace

class Symbolizer::Object {
public:
  explicit Object(const std::string &path) : dwfl_(dwfl_begin(&kCallbacks), dwfl_end) {
    // The path is what a traced process said; to open a FIFO would be to wait for whoever writes to it.
    std::error_code failed;
    if (!dwfl_ || !std::filesystem::is_regular_file(path, failed) || elf::unpacks_beyond_reason(path)) return;
    dwfl_report_begin(dwfl_.get());
    module_ = dwfl_report_elf(dwfl_.get(), path.c_str(), path.c_str(), -1, 0, false);
    dwfl_report_end(dwfl_.get(), nullptr, nullptr);
  }

  Place find(std::uint64_t offset) const {
    Place place;
    if (module_ == nullptr) return place;
    if (const char *name = dwfl_module_addrname(module_, offset)) place.function = demangled(without_version(name));
    if (Dwfl_Line *line = dwfl_module_getsrc(module_, offset))
      if (const char *file = dwfl_lineinfo(line, nullptr, &place.line, nullptr, nullptr, nullptr)) place.file = file;
    return place;
  }

private:
  std::unique_ptr<Dwfl, void (*)(Dwfl *)> dwfl_;
  Dwfl_Module *module_ = nullptr;  // the Dwfl owns it
};

Symbolizer::Symbolizer() = default;
Symbolizer::~Symbolizer() = default;

Place Symbolizer::find(const std::string &path, std::uint64_t offset) {
  std::unique_ptr<Object> &object = objects_[path];
  if (!object) object = std::make_unique<Object>(path);
  return object->find(offset);
}

}  // namespace crossheap::trace
